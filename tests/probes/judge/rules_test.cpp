// One world a rule: what the ladder and the diagnosis would see in it, and what must be said of it.
// Every rule has its row; without the rule the row fails.
#include <set>

#include <gmock/gmock.h>
#include <boost/json/serialize.hpp>

#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

using test::kRight;
using test::kRight6;
using test::kSecond;
using test::kWrong;
using test::Scene;
using Kinds = std::vector<std::string>;

struct World {
  const char* name;
  const char* rule;
  Status status;
  Kinds kinds;
  Scene scene;
};

Scene web() {
  return Scene("https://www.example.net/");
}
Scene plain() {
  return Scene("http://www.example.net/");
}
Scene named() {
  return web().answers("system", {kRight});
}
Scene reset() {
  return named().stops(kRight, Stage::tls, Word::connection_reset).helper();
}
constexpr auto kIp4 = Stage::tcp;

// Two silent rounds before, and the patient try of the third in vain.
Scene lasting(Scene scene, const std::string& address = kRight, std::uint16_t port = 443) {
  return scene.stops(address, kIp4, Word::generic_timeout_error, Purpose::connect_only)
      .port(port)
      .before(Status::impaired, "tcp.timeout")
      .before(Status::impaired, "tcp.timeout");
}

MailSeen mail(std::vector<std::string> capabilities, bool offered = false) {
  MailSeen seen;
  seen.protocol = "smtp";
  seen.greeting = "220 hello";
  seen.capabilities = std::move(capabilities);
  seen.starttls_offered = offered;
  return seen;
}

ControlResult failing(Side side, Stage stage, Word word) {
  ControlResult control;
  control.name = "c";
  control.side = side;
  control.families = {Family::ipv4};
  control.failures = {{stage, Family::ipv4, {word, {}}}};
  return control;
}

Scene with_controls(Scene scene, std::vector<ControlResult> controls) {
  scene.made.controls = std::move(controls);
  return scene;
}

Scene away(std::vector<ControlResult> controls) {
  return with_controls(named().stops(kRight, kIp4, Word::generic_timeout_error), controls);
}

ControlResult in_portal() {
  ControlResult control = failing(Side::foreign, Stage::tls, Word::ssl_unknown_authority);
  control.addresses = {"10.0.0.1"};
  return control;
}

ControlResult signed_by(std::string issuer) {
  ControlResult control = failing(Side::foreign, Stage::tls, Word::ssl_unknown_authority);
  control.issuer = std::move(issuer);
  return control;
}

ControlResult signed_by_ok(std::string issuer) {
  ControlResult control;
  control.name = "c";
  control.ok = true;
  control.families = {Family::ipv4};
  control.issuer = std::move(issuer);
  return control;
}

ControlResult at_offset(int seconds) {
  ControlResult control = failing(Side::foreign, Stage::tls, Word::ssl_invalid_certificate);
  control.clock_offset = std::chrono::seconds(seconds);
  return control;
}

Scene slow(int rounds_before) {
  Scene scene = named().visits(kRight).helper().controls();
  scene.read_bytes(64 * 1024, 15'000);
  scene.made.past.median_bytes_per_second = 900'000;
  scene.made.past.speed_samples = 400;
  scene.made.past.slow_rounds = rounds_before;
  for (ControlResult& control : scene.made.controls) control.bytes_per_second = 800'000;
  return scene;
}

Scene pinned(std::string key, std::string issuer) {
  Scene scene = named().visits(kRight).certificate("CN=www.example.net", "CN=New CA", "new");
  if (!key.empty()) scene.made.past.pinned = {std::move(key)};
  if (!issuer.empty()) scene.made.past.issuers = {std::move(issuer)};
  return scene;
}

// A pointer in clear at the target's address led there, to another page than the outside gets.
Scene led_to(std::string url) {
  return plain()
      .answers("system", {kRight})
      .visits(kRight)
      .points_to(url)
      .answers("system", {kWrong}, Purpose::ladder, 1)
      .visits(kWrong, Purpose::ladder, 1)
      .at_url(std::move(url))
      .page(200, "blocked by order")
      .helper();
}

// The large object, 64 KiB or as far as it came.
Scene throttled(double per_second, double innocent, bool twice) {
  Scene scene = named().visits(kRight);
  if (twice) scene.read_bytes(64 * 1024, per_second);
  Scene& weighed = scene.visits(kRight, Purpose::sni_swap);
  Observation answer = weighed.made.observations[3];
  answer.stage = Stage::http;
  answer.purpose = Purpose::sni_swap;
  answer.peer = weighed.made.observations.back().peer;
  answer.transaction = weighed.made.observations.back().transaction;
  answer.failure.reset();
  answer.seen = HttpSeen{"https://www.example.net/", "GET"};
  weighed.made.observations.push_back(std::move(answer));
  return weighed.read_bytes(64 * 1024, innocent)
      .stops(kRight, Stage::http, Word::generic_timeout_error, Purpose::large_object)
      .read_bytes(40 * 1024, per_second);
}

std::vector<World> dns_worlds() {
  return {
      {"D03 only the forged answer arrives",
       "dns.non_resolver_answers",
       Status::blocked,
       {"dns.injection.other"},
       web()
           .answers("system", {kWrong})
           .stops(kWrong, kIp4, Word::generic_timeout_error)
           .answers("x", {kWrong}, Purpose::non_resolver)
           .answers("x", {}, Purpose::non_resolver_check)
           .helper()},
      {"D02 three forged answers, then the true one",
       "dns.answers_differ",
       Status::blocked,
       {"dns.injection.other"},
       web()
           .contradicts("system", {"31.13.1.1", "108.160.1.1", "199.16.1.1", kRight})
           .stops("31.13.1.1", kIp4, Word::generic_timeout_error)},
      {"two answers and nobody to say which is right",
       "dns.two_answers",
       Status::likely_blocked,
       {"dns.injection.other"},
       web()
           .contradicts("system", {"31.13.1.1", "108.160.1.1"})
           .stops("31.13.1.1", kIp4, Word::connection_refused)},
      {"a poisoned address that is known",
       "dns.known_poison",
       Status::blocked,
       {"dns.injection.blockpage"},
       plain()
           .answers("system", {kWrong})
           .fingerprint("isp", {"CN"})
           .answers("doh", {kRight})
           .helper()},
      {"everybody says loopback",
       "dns.bogon_everywhere",
       Status::down,
       {"dns"},
       plain()
           .answers("system", {"127.0.0.1"})
           .answers("doh", {"127.0.0.1"})
           .helper({"127.0.0.1"})},
      {"D09 the resolver says loopback",
       "dns.bogon",
       Status::blocked,
       {"dns.injection.bogon"},
       web().answers("system", {"127.0.0.1"}).answers("doh", {kRight}).helper()},
      {"D05 only the AAAA is forged",
       "dns.bogon",
       Status::blocked,
       {"dns.injection.bogon"},
       web().answers("system", {kRight, "2001::212c:1"}).visits(kRight).helper()},
      {"nobody finds the name",
       "dns.outside_fails",
       Status::down,
       {"dns.nxdomain"},
       web().refuses("system", Word::dns_nxdomain_error).helper().helper_name("dns_name_error")},
      {"a name that is gone, and an injector that does not know",
       "dns.ghost",
       Status::likely_blocked,
       {"dns.injection.other"},
       plain()
           .answers("system", {kWrong})
           .answers("google", {kWrong})
           .helper()
           .helper_name("dns_name_error")},
      {"a name that is gone, and a resolver that sells advertisements",
       "dns.ghost",
       Status::impaired,
       {"dns.hijack"},
       plain().answers("system", {kWrong}).helper().helper_name("dns_name_error")},
      {"no such name, says one of three",
       "dns.denied_only_here",
       Status::blocked,
       {"dns.nxdomain"},
       web()
           .refuses("system", Word::dns_nxdomain_error)
           .answers("google", {kRight})
           .answers("doh", {kRight})
           .visits(kRight)
           .helper()},
      {"no such name, says one of two",
       "dns.denied_only_here",
       Status::likely_blocked,
       {"dns.nxdomain"},
       web().refuses("system", Word::dns_nxdomain_error).answers("doh", {kRight}).visits(kRight)},
      {"D11 refused for the target only",
       "dns.failed_only_here",
       Status::likely_blocked,
       {"dns.refused"},
       web()
           .refuses("system", Word::dns_refused_error)
           .answers("system", {kSecond}, Purpose::innocent_name)
           .answers("doh", {kRight})
           .helper()},
      {"D12 dropped for the target only",
       "dns.failed_only_here",
       Status::likely_blocked,
       {"dns.timeout"},
       web()
           .refuses("system", Word::generic_timeout_error)
           .answers("system", {kSecond}, Purpose::innocent_name)
           .answers("doh", {kRight})
           .helper()},
      {"D11 the innocent name does not exist, which is an answer",
       "dns.failed_only_here",
       Status::likely_blocked,
       {"dns.refused"},
       web()
           .refuses("system", Word::dns_refused_error)
           .refuses("system", Word::dns_nxdomain_error, Purpose::innocent_name)
           .answers("doh", {kRight})
           .helper()},
      {"a resolver that refuses everybody",
       "dns.failed",
       Status::impaired,
       {"dns.refused"},
       web()
           .refuses("system", Word::dns_refused_error)
           .refuses("system", Word::dns_refused_error, Purpose::innocent_name)
           .answers("doh", {kRight})
           .helper()},
      {"signatures that are wrong: who checks them fails, the helper's resolver does not",
       "dns.failed",
       Status::impaired,
       {"dns.servfail"},
       web()
           .refuses("system", Word::dns_servfail_error)
           .replies_nothing()
           .answers("system", {kSecond}, Purpose::innocent_name)
           .refuses("doh", Word::dns_servfail_error)
           .replies_nothing()
           .helper()},
      {"D13 led to a place with another's certificate",
       "dns.leads_elsewhere",
       Status::likely_blocked,
       {"dns.hijack"},
       web()
           .answers("system", {kWrong})
           .answers("doh", {kRight})
           .stops(kWrong, Stage::tls, Word::ssl_invalid_hostname)
           .visits(kRight)
           .helper()
           .helper_handshake(kWrong, "ssl_invalid_hostname")},
      {"D13 once more",
       "dns.leads_elsewhere",
       Status::blocked,
       {"dns.hijack"},
       web()
           .answers("system", {kWrong})
           .answers("doh", {kRight})
           .stops(kWrong, Stage::tls, Word::ssl_invalid_hostname)
           .helper()
           .helper_handshake(kWrong, "ssl_invalid_hostname")
           .before(Status::likely_blocked, "dns.hijack")},
      {"a dead resolver, and no other",
       "dns.failed",
       Status::insufficient,
       {"dns.timeout"},
       web().refuses("system", Word::generic_timeout_error)},
      {"a resolver that fails for all it is asked",
       "dns.failed",
       Status::impaired,
       {"dns.servfail"},
       web().refuses("system", Word::dns_servfail_error).controls()},
      {"an unproven address that does not work",
       "dns.undetermined",
       Status::impaired,
       {"dns"},
       web().answers("system", {kWrong}).stops(kWrong, kIp4, Word::generic_timeout_error).helper()},
  };
}

std::vector<World> resolver_worlds() {
  const Scene reset_over_tcp =
      named().visits(kRight).refuses("tcp", Word::connection_reset).helper();
  Scene innocent_fine = reset_over_tcp;
  innocent_fine.answers("tcp", {kSecond}, Purpose::innocent_name);
  Scene again = innocent_fine;
  again.before(Status::likely_blocked, "dns.tcp.reset");
  Scene innocent_reset = reset_over_tcp;
  innocent_reset.refuses("tcp", Word::connection_reset, Purpose::innocent_name);
  return {
      {"D14 reset over TCP, nothing more is known",
       "dns.tcp.reset.unproven",
       Status::impaired,
       {"dns.tcp.reset"},
       reset_over_tcp},
      {"D14 and an innocent name is not",
       "dns.tcp.reset.innocent_ok",
       Status::likely_blocked,
       {"dns.tcp.reset"},
       innocent_fine},
      {"D14 once more", "dns.tcp.reset.innocent_ok", Status::blocked, {"dns.tcp.reset"}, again},
      {"an address that is known for poison, and proves the name all the same",
       "http.server_says",
       Status::ok,
       {},
       web().answers("system", {kRight}).fingerprint("isp", {"CN"}).visits(kRight).helper()},
      {"a resolver that takes no questions over TCP",
       "http.server_says",
       Status::ok,
       {},
       innocent_reset},
      {"D15 an encrypted resolver is silent, the target is fine",
       "http.server_says",
       Status::ok,
       {"dns.encrypted.dot.timeout"},
       named().visits(kRight).refuses("dot", Word::generic_timeout_error)},
      {"D16 the same of a target that names nobody",
       "dns.encrypted.unreachable",
       Status::ok,
       {"dns.encrypted.doh.reset"},
       Scene("tcp://www.example.net:22/")
           .answers("system", {kRight})
           .visits(kRight)
           .refuses("doh", Word::connection_reset)},
      {"N17 an encrypted resolver beyond a border that is cut",
       "http.server_says",
       Status::ok,
       {},
       named().visits(kRight).refuses("doh", Word::generic_timeout_error).controls(true, false)},
      {"an encrypted resolver that answers, if with a failure",
       "http.server_says",
       Status::ok,
       {},
       named().visits(kRight).refuses("doh", Word::dns_servfail_error).replies_nothing()},
      {"the one that leads",
       "dns.failed",
       Status::impaired,
       {"dns.encrypted.doh.timeout"},
       web().refuses("doh", Word::generic_timeout_error).controls()},
  };
}

std::vector<World> tcp_worlds() {
  return {
      {"N18 IPv6 has no way out",
       "http.server_says",
       Status::ok,
       {},
       web()
           .answers("system", {kRight, kRight6})
           .stops(kRight6, kIp4, Word::network_unreachable)
           .visits(kRight)},
      {"nothing but IPv6, and that has no way out",
       "tcp.no_way_from_here",
       Status::insufficient,
       {},
       web()
           .answers("system", {kRight6})
           .stops(kRight6, kIp4, Word::network_unreachable)
           .helper({kRight6})},
      {"N05 refused everywhere",
       "tcp.outside_fails",
       Status::down,
       {"tcp.refused"},
       named()
           .stops(kRight, kIp4, Word::connection_refused)
           .helper()
           .helper_connect(kRight, "connection_refused_error")
           .helper_request("connection_refused_error")},
      {"a lost first packet",
       "tcp.second_try",
       Status::impaired,
       {"tcp.timeout"},
       named()
           .stops(kRight, kIp4, Word::generic_timeout_error)
           .visits(kRight, Purpose::retry)
           .helper()},
      {"M05 port 25 is closed to all",
       "tcp.mail_port",
       Status::impaired,
       {"mail.smtp.tcp.timeout", "tcp.timeout"},
       Scene("smtp://mx.example.net/")
           .answers("system", {kRight})
           .stops(kRight, kIp4, Word::generic_timeout_error)
           .helper()},
      {"N26 a server that counts connections",
       "tcp.rate_limit",
       Status::impaired,
       {"server_side.ratelimit"},
       named()
           .stops(kRight, kIp4, Word::generic_timeout_error)
           .helper()
           .before(Status::ok, "")
           .before(Status::likely_blocked, "tcp.timeout")
           .before(Status::ok, "")},
      {"T01 a null route",
       "ip.blackhole",
       Status::likely_blocked,
       {"ip.blackhole"},
       lasting(named()
                   .stops(kRight, kIp4, Word::generic_timeout_error, Purpose::connect_only)
                   .port(80)
                   .stops(kRight, kIp4, Word::generic_timeout_error)
                   .helper()
                   .helper_connect(kRight, "", 80))},
      {"T02 one port is silent, another is not",
       "tcp.timeout.outside_ok",
       Status::likely_blocked,
       {"tcp.timeout"},
       lasting(named()
                   .visits(kRight, Purpose::connect_only)
                   .port(80)
                   .stops(kRight, kIp4, Word::generic_timeout_error)
                   .helper()
                   .helper_connect(kRight, "", 80))},
      {"T06 one address of two is silent",
       "tcp.timeout.outside_ok",
       Status::likely_blocked,
       {"tcp.timeout"},
       lasting(web()
                   .answers("system", {kRight, kSecond})
                   .visits(kRight)
                   .stops(kSecond, kIp4, Word::generic_timeout_error)
                   .helper({kRight, kSecond}),
               kSecond)},
      {"M01 mail is silent",
       "tcp.timeout.outside_ok",
       Status::likely_blocked,
       {"mail.imap.tcp.timeout", "tcp.timeout"},
       lasting(Scene("imaps://imap.example.net/")
                   .answers("system", {kRight})
                   .stops(kRight, kIp4, Word::generic_timeout_error)
                   .helper(),
               kRight, 993)},
      {"N26 silence for a round or two",
       "tcp.timeout.not_long_yet",
       Status::impaired,
       {"tcp.timeout"},
       named()
           .stops(kRight, kIp4, Word::generic_timeout_error)
           .helper()
           .before(Status::impaired, "tcp.timeout")
           .before(Status::ok, "")},
      {"N26 the third silent round in a row, and one place answers to patience",
       "tcp.second_try",
       Status::impaired,
       {"tcp.timeout"},
       web()
           .answers("system", {kRight, kSecond})
           .stops(kRight, kIp4, Word::generic_timeout_error)
           .stops(kSecond, kIp4, Word::generic_timeout_error)
           .visits(kSecond, Purpose::connect_only)
           .helper({kRight, kSecond})
           .before(Status::impaired, "tcp.timeout")
           .before(Status::impaired, "tcp.timeout")},
      {"T04 a router says no",
       "ip.unreachable.outside_ok",
       Status::likely_blocked,
       {"ip.unreachable"},
       named().stops(kRight, kIp4, Word::host_unreachable).helper()},
      {"refused here only",
       "tcp.reset.outside_ok",
       Status::likely_blocked,
       {"tcp.reset"},
       named().stops(kRight, kIp4, Word::connection_refused).helper()},
      {"N34 refused, and nobody to ask",
       "tcp.failed",
       Status::impaired,
       {"tcp.refused"},
       named().stops(kRight, kIp4, Word::connection_refused)},
  };
}

// The second in a row, at least: nobody acknowledges the ClientHello, the helper gets through.
Scene silent_handshake() {
  return named()
      .stops(kRight, Stage::tls, Word::generic_timeout_error)
      .counters(1, 1, 3)
      .helper()
      .before(Status::impaired, "tls.timeout.other");
}

std::vector<World> tls_worlds() {
  return {
      {"a reset sooner than the server can have heard of us",
       "tls.reset.faster_than_path",
       Status::blocked,
       {"tls.reset.other"},
       reset().after(17).round_trip(52)},
      {"L01 the same, and an innocent name passes",
       "tls.reset.faster_than_path",
       Status::blocked,
       {"tls.reset.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::connection_reset)
           .after(17)
           .round_trip(52)
           .helper()},
      {"N22 the server resets everybody",
       "tls.outside_fails",
       Status::down,
       {"tls.reset.other"},
       reset().helper_handshake(kRight, "connection_reset").helper_request("connection_reset")},
      {"N08 expired for all",
       "tls.outside_fails",
       Status::down,
       {"cert.expired"},
       named()
           .stops(kRight, Stage::tls, Word::ssl_invalid_certificate)
           .helper()
           .helper_handshake(kRight, "ssl_invalid_certificate")},
      {"L01 an innocent name passes, first round",
       "tls.reset.swap_ok",
       Status::likely_blocked,
       {"tls.reset.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::connection_reset)
           .helper()},
      {"L01 an innocent name passes, second round",
       "tls.reset.swap_ok",
       Status::blocked,
       {"tls.reset.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::connection_reset)
           .helper()
           .before(Status::likely_blocked, "tls.reset.sni")},
      {"L02 an innocent name fails too, under the penalty of the hit",
       "tls.outside_ok",
       Status::likely_blocked,
       {"tls.reset.other"},
       reset().stops(kRight, Stage::tls, Word::connection_reset, Purpose::sni_swap)},
      {"M03 only the name of the mail server",
       "tls.reset.swap_ok",
       Status::blocked,
       {"mail.imap.tls.reset.sni", "tls.reset.sni"},
       Scene("imaps://imap.example.net/")
           .answers("system", {kRight})
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::connection_reset)
           .helper()
           .before(Status::likely_blocked, "tls.reset.sni")},
      {"L04 dropped, an innocent name passes",
       "tls.timeout.swap_ok",
       Status::blocked,
       {"tls.timeout.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::generic_timeout_error)
           .counters(1, 1, 3)
           .helper()
           .before(Status::likely_blocked, "tls.timeout.sni")},
      {"L13 closed on the name",
       "tls.eof.swap_ok",
       Status::blocked,
       {"tls.eof.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::eof_error)
           .helper()
           .before(Status::likely_blocked, "tls.eof.sni")},
      {"L13 an alert on the name",
       "tls.alert.swap_ok",
       Status::blocked,
       {"tls.alert.sni"},
       named()
           .visits(kRight, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::ssl_invalid_hostname)
           .alert()
           .helper()
           .before(Status::likely_blocked, "tls.alert.sni")},
      {"reset once, fine the second time",
       "tls.second_try",
       Status::impaired,
       {"tls.reset.other"},
       reset().visits(kRight, Purpose::retry)},
      {"L14 whatever the name",
       "tls.any_name_fails",
       Status::blocked,
       {"tls.reset.ip"},
       named()
           .stops(kRight, Stage::tls, Word::connection_reset, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::connection_reset)
           .helper()
           .before(Status::likely_blocked, "tls.reset.ip")},
      {"N25 large packets are lost",
       "tls.any_name_fails",
       Status::impaired,
       {"tls.timeout.other"},
       named()
           .stops(kRight, Stage::tls, Word::generic_timeout_error, Purpose::sni_swap)
           .stops(kRight, Stage::tls, Word::generic_timeout_error)
           .counters(518, 0, 0)
           .helper()},
      {"A05 two silent handshakes on a line that loses packets",
       "tls.timeout.not_long_yet",
       Status::impaired,
       {"tls.timeout.other"},
       silent_handshake().before(Status::ok, "").before(Status::impaired, "tls.timeout.other")},
      {"the third silent handshake in a row",
       "tls.outside_ok",
       Status::likely_blocked,
       {"tls.timeout.other"},
       silent_handshake().before(Status::impaired, "tls.timeout.other")},
      {"reset here only", "tls.outside_ok", Status::likely_blocked, {"tls.reset.other"}, reset()},
      {"L08 a certificate of its own making",
       "tls.mitm.outside_valid",
       Status::blocked,
       {"tls.mitm.self_signed"},
       named()
           .stops(kRight, Stage::tls, Word::ssl_unknown_authority)
           .certificate("CN=www.example.net", "CN=www.example.net")
           .helper()
           .controls()},
      {"L09 a certificate of an authority of its own",
       "tls.mitm.outside_valid",
       Status::blocked,
       {"tls.mitm.untrusted_ca"},
       named()
           .stops(kRight, Stage::tls, Word::ssl_unknown_authority)
           .certificate("CN=www.example.net", "CN=National Trust")
           .helper()
           .controls()},
      {"L10 a trusted authority that is not the target's",
       "tls.mitm.not_pinned",
       Status::blocked,
       {"tls.mitm.ca_signed"},
       pinned("old", "")},
      {"an authority that signs for all: whoever runs this line looks into it",
       "tls.mitm.not_pinned",
       Status::impaired,
       {"tls.mitm.ca_signed"},
       with_controls(pinned("old", ""), {signed_by_ok("CN=New CA"), signed_by_ok("CN=New CA")})},
      {"a new key of the same authority's next intermediate",
       "http.server_says",
       Status::ok,
       {},
       pinned("", "CN=R10,O=Let's Encrypt,C=US")
           .certificate("CN=www.example.net", "C=US,O=Let's Encrypt,CN=R13", "new")},
      {"a pinned key, by an issuer that was never seen",
       "http.server_says",
       Status::ok,
       {},
       pinned("new", "CN=Old CA")},
      {"an issuer that was never seen",
       "tls.mitm.new_issuer",
       Status::impaired,
       {"tls.mitm.ca_signed"},
       pinned("", "CN=Old CA")},
      {"reset, and nobody to ask",
       "tls.failed",
       Status::impaired,
       {"tls.reset.other"},
       named().stops(kRight, Stage::tls, Word::connection_reset)},
  };
}

std::vector<World> answer_worlds() {
  const std::string forbidden = "your country may not see this";
  return {
      {"H03 a known block page",
       "http.known_block_page",
       Status::blocked,
       {"http.blockpage"},
       plain()
           .answers("system", {kRight})
           .visits(kRight)
           .page(403, "iframe")
           .fingerprint("nat", {"CN"})
           .helper()},
      {"H04 a pointer to a known block page",
       "http.known_block_page",
       Status::blocked,
       {"http.redirect"},
       plain()
           .answers("system", {kRight})
           .visits(kRight)
           .points_to("http://blocked.isp.test/")
           .fingerprint("isp")
           .helper()},
      {"a pointer in clear to a known block page, which is what it says it is",
       "http.known_block_page",
       Status::blocked,
       {"http.redirect"},
       [] {
         Scene scene = led_to("https://blocked.isp.test/").secured();
         return scene.fingerprint("isp", {"CN"});
       }()},
      {"a pointer in clear to the same site over TLS, where a known page is quoted",
       "http.server_says",
       Status::ok,
       {},
       [] {
         Scene scene = led_to("https://www.example.net/").secured();
         return scene.fingerprint("isp", {"CN"});
       }()},
      {"H14 a pointer in clear to a page that nobody knows",
       "http.other_page",
       Status::likely_blocked,
       {"http.redirect"},
       led_to("http://blocked.isp.test/")},
      {"H07 fine this time, in clear",
       "http.other_page_at_times",
       Status::likely_blocked,
       {"http.diff"},
       plain()
           .answers("system", {kRight})
           .visits(kRight)
           .before(Status::likely_blocked, "http.diff", "http.other_page")
           .before(Status::ok, "")
           .before(Status::likely_blocked, "http.diff", "http.other_page")},
      {"another page once",
       "http.answered_in_clear",
       Status::ok,
       {},
       plain()
           .answers("system", {kRight})
           .visits(kRight)
           .before(Status::likely_blocked, "http.diff", "http.other_page")
           .before(Status::likely_blocked, "http.diff", "http.other_page_at_times")},
      {"N03 an edge in another network",
       "http.server_says",
       Status::ok,
       {},
       web().answers("system", {kSecond}).visits(kSecond).helper()},
      {"N19 not for this country, says the server",
       "http.server_says",
       Status::ok,
       {"server_side.geoblock"},
       named().visits(kRight).page(403, forbidden).helper()},
      {"N20 a challenge, says the server",
       "http.server_says",
       Status::ok,
       {"server_side.antibot"},
       named().visits(kRight).page(503, "Just a moment... captcha").helper()},
      {"N31 slow for all",
       "http.outside_fails",
       Status::down,
       {"http.timeout"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .helper()
           .helper_request("generic_timeout_error")},
      {"the server points to nowhere",
       "http.pointer_over_tls",
       Status::impaired,
       {"server_side.error"},
       named()
           .stops(kRight, Stage::http, Word::http_invalid_redirect_location_host)
           .page(302, "")
           .helper()},
      {"somebody points to nowhere",
       "http.pointer_only_here",
       Status::likely_blocked,
       {"http.redirect"},
       plain()
           .answers("system", {kRight})
           .stops(kRight, Stage::http, Word::http_invalid_redirect_location_host)
           .page(302, "")
           .helper()},
      {"the answer stands still at 16 kB, twice",
       "tcp.freeze",
       Status::likely_blocked,
       {"tcp.freeze"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .read_bytes(16'384, 800'000)
           .stands_still(9000)
           .stops(kRight, Stage::http, Word::generic_timeout_error, Purpose::large_object)
           .read_bytes(16'384, 800'000)
           .stands_still(9000)
           .helper()},
      {"the answer stands still at 16 kB, once",
       "tcp.freeze",
       Status::impaired,
       {"tcp.freeze"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .read_bytes(16'384, 800'000)
           .stands_still(9000)
           .helper()},
      {"T05 the handshake counts too",
       "tcp.freeze",
       Status::impaired,
       {"tcp.freeze"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .read_bytes(11'000, 800'000)
           .stands_still(9000)
           .received(15'900)
           .helper()},
      {"T05 a cut record gives no byte of the body, and nothing of ours is acknowledged",
       "tcp.freeze",
       Status::impaired,
       {"tcp.freeze"},
       named()
           .visits(kRight)
           .stops(kRight, Stage::http, Word::generic_timeout_error, Purpose::large_object)
           .received(15'900)
           .lost(5)
           .helper()},
      {"20 kB in all the time there was: slow, not frozen",
       "http.cut_inside_tls",
       Status::impaired,
       {"http.timeout"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .read_bytes(20'000, 2000)
           .helper()},
      {"R01 slow twice, fast under an innocent name",
       "tls.throttle.swap_fast",
       Status::likely_blocked,
       {"tls.throttle.sni"},
       throttled(18'000, 700'000, true)},
      {"slow once, fast under an innocent name",
       "tls.throttle.swap_fast",
       Status::impaired,
       {"tls.throttle.sni"},
       throttled(18'000, 700'000, false)},
      {"slow under any name",
       "http.cut_inside_tls",
       Status::impaired,
       {"http.timeout"},
       throttled(18'000, 90'000, true)},
      {"no answer at first",
       "http.second_try",
       Status::impaired,
       {"http.timeout"},
       named()
           .stops(kRight, Stage::http, Word::generic_timeout_error)
           .visits(kRight, Purpose::retry)
           .helper()},
      {"T09 reset after data",
       "http.cut_inside_tls",
       Status::impaired,
       {"tls.reset.other"},
       named().stops(kRight, Stage::http, Word::connection_reset).helper()},
      {"H02 a word in the path",
       "http.keyword.swap_ok",
       Status::blocked,
       {"http.reset.keyword"},
       plain()
           .answers("system", {kRight})
           .visits(kRight, Purpose::bare_path)
           .stops(kRight, Stage::http, Word::connection_reset)
           .helper()
           .before(Status::likely_blocked, "http.reset.keyword")},
      {"H01 the Host",
       "http.host.swap_ok",
       Status::likely_blocked,
       {"http.reset.host"},
       plain()
           .answers("system", {kRight})
           .visits(kRight, Purpose::host_swap)
           .stops(kRight, Stage::http, Word::connection_reset)
           .helper()},
      {"reset on the request, here only",
       "http.outside_ok",
       Status::likely_blocked,
       {"http.reset.other"},
       plain()
           .answers("system", {kRight})
           .stops(kRight, Stage::http, Word::connection_reset)
           .helper()},
      {"reset on the request, nobody to ask",
       "http.failed",
       Status::impaired,
       {"http.reset.other"},
       plain().answers("system", {kRight}).stops(kRight, Stage::http, Word::connection_reset)},
      {"a challenge of a content network, in clear",
       "http.edge_says",
       Status::impaired,
       {"server_side.antibot"},
       plain()
           .answers("system", {kRight})
           .visits(kRight)
           .page(503, "captcha", {{"CF-Ray", "1"}})
           .helper()},
      {"another page",
       "http.other_page",
       Status::likely_blocked,
       {"http.diff"},
       plain().answers("system", {kRight}).visits(kRight).page(200, "go away").helper()},
      {"N33 fine in clear, and nobody to ask",
       "http.answered_in_clear",
       Status::ok,
       {},
       plain().answers("system", {kRight}).visits(kRight)},
      {"STARTTLS is written over",
       "mail.starttls.blotted",
       Status::blocked,
       {"mail.starttls.strip"},
       Scene("smtp://mx.example.net:587/")
           .answers("system", {kRight})
           .visits(kRight)
           .talk(mail({"SIZE", "XXXXXXXA"}), Word::unknown_failure)},
      {"STARTTLS is offered by another way",
       "mail.starttls.offered_elsewhere",
       Status::likely_blocked,
       {"mail.starttls.strip"},
       Scene("smtp://mx.example.net:587/")
           .answers("system", {kRight})
           .visits(kRight)
           .talk(mail({"SIZE"}), Word::unknown_failure)
           .visits(kRight, Purpose::proxy)
           .talk(mail({"STARTTLS"}, true))},
      {"STARTTLS is not offered",
       "mail.starttls.missing",
       Status::impaired,
       {"mail.starttls"},
       Scene("smtp://mx.example.net:587/")
           .answers("system", {kRight})
           .visits(kRight)
           .talk(mail({"SIZE"}), Word::unknown_failure)},
      {"mail fails by either way",
       "mail.outside_fails",
       Status::down,
       {"mail.smtp"},
       Scene("smtps://mx.example.net/")
           .answers("system", {kRight})
           .visits(kRight)
           .talk(mail({}), Word::eof_error)
           .stops(kRight, kIp4, Word::connection_refused, Purpose::proxy)},
      {"mail fails",
       "mail.failed",
       Status::impaired,
       {"mail.smtp"},
       Scene("smtps://mx.example.net/")
           .answers("system", {kRight})
           .visits(kRight)
           .talk(mail({}), Word::eof_error)},
      {"ten times slower for five rounds",
       "throttle.slow_by_itself",
       Status::likely_blocked,
       {"throttle.rate"},
       slow(4)},
      {"R03 the same, with losses",
       "throttle.slow_by_itself",
       Status::likely_blocked,
       {"throttle.loss"},
       slow(4).counters(900, 0, 40)},
      {"ten times slower, once", "throttle.slow", Status::impaired, {"throttle.rate"}, slow(0)},
  };
}

Scene in_clear_behind_a_portal() {
  Scene scene("http://www.example.net/");
  scene.answers("system", {kRight}).visits(kRight);
  scene.made.controls = {in_portal(), in_portal()};
  return scene;
}

std::vector<World> whole_worlds() {
  Scene unmet = named().visits(kRight);
  unmet.made.unmet = "status 200 is not expected";
  return {
      {"nothing", "measured.nothing", Status::insufficient, {}, web()},
      {"no descriptors",
       "measured.own_fault",
       Status::insufficient,
       {},
       Scene("https://198.41.0.4/").stops(kRight, kIp4, Word::reachd_no_descriptors)},
      {"not as expected", "expect.unmet", Status::impaired, {}, unmet},
      {"a port that is open",
       "steps.fine",
       Status::ok,
       {},
       Scene("tcp://www.example.net:22/").answers("system", {kRight}).visits(kRight)},
      {"controls fail by our own doing",
       "vantage.own_fault",
       Status::insufficient,
       {},
       away({failing(Side::foreign, Stage::tcp, Word::reachd_no_ports)})},
      {"our clock is wrong",
       "vantage.clock",
       Status::insufficient,
       {},
       away({at_offset(86'400), at_offset(86'390)})},
      {"N15 a login page",
       "vantage.portal",
       Status::insufficient,
       {},
       away({in_portal(), in_portal()})},
      {"N15 what a login page answers in the place of a site that has no TLS",
       "vantage.portal",
       Status::insufficient,
       {},
       in_clear_behind_a_portal()},
      {"N30 one authority for all",
       "vantage.interception",
       Status::insufficient,
       {},
       away({signed_by("CN=Box"), signed_by("CN=Box")})},
      {"N11 no authority is trusted",
       "vantage.trust_store",
       Status::insufficient,
       {},
       away({signed_by("CN=One"), signed_by("CN=Two")})},
      {"nothing answers",
       "vantage.nothing_answers",
       Status::insufficient,
       {},
       named().stops(kRight, kIp4, Word::generic_timeout_error).controls(false, false)},
      {"N17 the border",
       "vantage.border",
       Status::insufficient,
       {},
       named().stops(kRight, kIp4, Word::generic_timeout_error).controls(true, false)},
  };
}

std::vector<World> worlds() {
  std::vector<World> all;
  for (auto part : {dns_worlds(), resolver_worlds(), tcp_worlds(), tls_worlds(), answer_worlds(),
                    whole_worlds()}) {
    for (World& world : part) all.push_back(std::move(world));
  }
  return all;
}

TEST(Rules, EveryWorldIsJudgedByItsRule) {
  for (const World& world : worlds()) {
    const Verdict verdict = judge(world.scene.made);
    EXPECT_EQ(verdict.rule, world.rule) << world.name;
    EXPECT_EQ(verdict.status, world.status) << world.name << ": " << to_string(verdict.status);
    EXPECT_EQ(verdict.kinds, world.kinds) << world.name;
  }
}

// dns.address_right never has the last word: what it keeps others from saying has a world.
TEST(Rules, EveryRuleHasAWorld) {
  std::set<std::string_view> shown{"dns.address_right"};
  const std::vector<World> all = worlds();
  for (const World& world : all) shown.insert(world.rule);
  std::set<std::string_view> ids;
  for (const RuleText& rule : all_rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " is there twice";
    EXPECT_FALSE(rule.source.empty() || rule.says.empty()) << rule.id;
  }
  EXPECT_EQ(shown, ids);
}

TEST(Rules, NoLineOfTheArchiveIsJudgedOtherwiseThanItWasLive) {
  for (const World& world : worlds()) {
    const Verdict live = judge(world.scene.made);
    const auto read = parse_measurement(boost::json::serialize(to_json(world.scene.made, live)));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(judge(*read), live) << world.name;
  }
}

TEST(Rules, EveryVerdictNamesEvidenceThatExists) {
  for (const World& world : worlds()) {
    const Verdict verdict = judge(world.scene.made);
    const bool accuses = verdict.status != Status::insufficient;
    EXPECT_TRUE(!accuses || !verdict.evidence.empty()) << world.name;
    for (const int index : verdict.evidence) {
      EXPECT_LT(static_cast<std::size_t>(index), world.scene.made.observations.size())
          << world.name;
    }
  }
}

}  // namespace
}  // namespace reachd
