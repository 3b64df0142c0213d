#include "tests/support/scene.hpp"

#include <algorithm>

#include "probes/judge/facts.hpp"

namespace reachd::test {
namespace {

using std::chrono::milliseconds;

Observation lookup_of(const std::string& resolver, const std::string& host) {
  Observation step;
  step.stage = Stage::dns;
  step.peer = {"9.9.9.9", 53};
  DnsSeen seen;
  seen.resolver = resolver;
  const bool named_so = resolver == "doh" || resolver == "dot" || resolver == "tcp";
  seen.engine = named_so ? resolver : "udp";
  seen.hostname = host;
  seen.query_type = "A";
  step.seen = seen;
  return step;
}

DnsRecord record_of(const std::string& host, const std::string& address) {
  return {host, address.find(':') == std::string::npos ? "A" : "AAAA", 60, address, 0};
}

bool innocent(Purpose purpose) {
  return purpose == Purpose::innocent_name || purpose == Purpose::non_resolver_check ||
         purpose == Purpose::sni_swap;
}

}  // namespace

Scene::Scene(std::string url) {
  made.url = std::move(url);
  made.service = "example";
  made.target = "web";
  made.vantage.country = "CN";
  made.round = Round::deep;
  made.scheme = parse_scheme(made.url.substr(0, made.url.find(':'))).value_or(Scheme::https);
}

Scene& Scene::answers(const std::string& resolver, std::vector<std::string> addresses,
                      Purpose purpose, int depth) {
  const std::string host = innocent(purpose) ? "innocent.example"
                           : depth > 0       ? "next.example"
                                             : place_of(made.url).first;
  Observation step = lookup_of(resolver, host);
  step.purpose = purpose;
  step.depth = depth;
  step.transaction = ++transactions_;
  step.began = milliseconds(clock_ += 10);
  auto& seen = std::get<DnsSeen>(step.seen);
  DnsReply reply;
  reply.rcode = 0;
  for (const std::string& address : addresses) reply.answers.push_back(record_of(host, address));
  if (!addresses.empty()) {
    seen.replies.push_back(std::move(reply));
    seen.answer = 0;
  }
  if (purpose == Purpose::non_resolver || purpose == Purpose::non_resolver_check) {
    seen.resolver = "198.18.0.1";
  }
  made.observations.push_back(std::move(step));
  return *this;
}

Scene& Scene::refuses(const std::string& resolver, Word word, Purpose purpose, int depth) {
  answers(resolver, {}, purpose, depth);
  made.observations.back().failure = Failure{word, {}};
  return *this;
}

Scene& Scene::replies_nothing() {
  DnsReply reply;
  reply.failure = made.observations.back().failure;
  reply.rcode = 2;
  std::get<DnsSeen>(made.observations.back().seen).replies.push_back(std::move(reply));
  return *this;
}

Scene& Scene::contradicts(const std::string& resolver, std::vector<std::string> replies) {
  answers(resolver, {replies.front()});
  auto& seen = std::get<DnsSeen>(made.observations.back().seen);
  for (std::size_t i = 1; i < replies.size(); ++i) {
    DnsReply reply;
    reply.rcode = 0;
    reply.answers.push_back(record_of(seen.hostname, replies[i]));
    seen.replies.push_back(std::move(reply));
  }
  return *this;
}

Observation& Scene::add(Stage stage, const Endpoint& peer, Purpose purpose, int depth,
                        int transaction) {
  Observation& step = made.observations.emplace_back();
  step.stage = stage;
  step.peer = peer;
  step.purpose = purpose;
  step.depth = depth;
  step.transaction = transaction;
  step.began = milliseconds(clock_ += 10);
  step.took = milliseconds(60);
  return step;
}

Scene& Scene::visits(const std::string& address, Purpose purpose, int depth) {
  const bool tls = made.scheme != Scheme::http && made.scheme != Scheme::tcp &&
                   made.scheme != Scheme::imap && made.scheme != Scheme::smtp &&
                   purpose != Purpose::connect_only;
  const std::uint16_t to = made.scheme == Scheme::https ? 443 : place_of(made.url).second;
  const Endpoint peer{address, to};
  const int transaction = ++transactions_ + 50000;
  TcpSeen tcp;
  tcp.info = TcpInfo{1, 518, 4000, 0, 0, milliseconds(52), milliseconds(52)};
  add(Stage::tcp, peer, purpose, depth, transaction).seen = tcp;
  if (tls) {
    TlsSeen seen;
    seen.server_name = innocent(purpose) ? "innocent.example" : place_of(made.url).first;
    seen.client_hello_sent = seen.server_hello_seen = true;
    seen.version = "TLSv1.3";
    add(Stage::tls, peer, purpose, depth, transaction).seen = seen;
  }
  const bool web = made.scheme == Scheme::http || made.scheme == Scheme::https;
  if (web && purpose != Purpose::connect_only && purpose != Purpose::sni_swap) {
    HttpSeen seen;
    seen.url = made.url;
    seen.method = "GET";
    seen.status = 200;
    seen.body = "welcome";
    seen.body_length = 1000;
    add(Stage::http, peer, purpose, depth, transaction).seen = seen;
  }
  return *this;
}

Scene& Scene::stops(const std::string& address, Stage stage, Word word, Purpose purpose,
                    int depth) {
  visits(address, purpose, depth);
  while (made.observations.back().stage > stage) made.observations.pop_back();
  Observation& step = made.observations.back();
  step.failure = Failure{word, {}};
  if (auto* tcp = std::get_if<TcpSeen>(&step.seen)) tcp->info.reset();
  if (auto* tls = std::get_if<TlsSeen>(&step.seen)) {
    tls->server_hello_seen = false;
    tls->version.clear();
  }
  if (auto* http = std::get_if<HttpSeen>(&step.seen)) *http = HttpSeen{made.url, "GET"};
  return *this;
}

Observation& Scene::last(Stage stage) {
  const int transaction = made.observations.back().transaction;
  return *std::ranges::find_if(made.observations, [&](const Observation& step) {
    return step.transaction == transaction && step.stage == stage;
  });
}

Scene& Scene::port(std::uint16_t to) {
  const int transaction = made.observations.back().transaction;
  for (Observation& step : made.observations) {
    if (step.transaction == transaction) step.peer.port = to;
  }
  return *this;
}

Scene& Scene::after(int took) {
  made.observations.back().took = milliseconds(took);
  return *this;
}

Scene& Scene::round_trip(int trip) {
  std::get<TcpSeen>(last(Stage::tcp).seen).info->min_rtt = milliseconds(trip);
  return *this;
}

Scene& Scene::counters(std::uint64_t bytes_acked, std::uint32_t unacked,
                       std::uint32_t retransmits) {
  auto& info = *std::get<TcpSeen>(last(Stage::tcp).seen).info;
  info.bytes_acked = bytes_acked;
  info.unacked = unacked;
  info.retransmits = retransmits;
  return *this;
}

Scene& Scene::certificate(std::string subject, std::string issuer, std::string key) {
  Certificate leaf;
  leaf.der = "der";
  leaf.subject = std::move(subject);
  leaf.issuer = std::move(issuer);
  leaf.key_sha256 = std::move(key);
  auto& seen = std::get<TlsSeen>(last(Stage::tls).seen);
  seen.chain = {std::move(leaf)};
  seen.server_hello_seen = true;
  return *this;
}

Scene& Scene::alert() {
  auto& seen = std::get<TlsSeen>(last(Stage::tls).seen);
  seen.alert = 112;
  seen.alert_received = true;
  return *this;
}

Scene& Scene::residual() {
  made.observations.back().residual = true;
  return *this;
}

Scene& Scene::page(int status, std::string body,
                   std::vector<std::pair<std::string, std::string>> headers) {
  auto& seen = std::get<HttpSeen>(last(Stage::http).seen);
  seen.status = status;
  seen.body_length = body.size();
  seen.body = std::move(body);
  seen.headers = std::move(headers);
  return *this;
}

Scene& Scene::points_to(std::string location) {
  auto& seen = std::get<HttpSeen>(last(Stage::http).seen);
  seen.status = 302;
  seen.location = std::move(location);
  return *this;
}

Scene& Scene::read_bytes(std::size_t length, double per_second) {
  auto& seen = std::get<HttpSeen>(last(Stage::http).seen);
  seen.status = 200;
  seen.body_length = length;
  seen.bytes_per_second = per_second;
  if (per_second > 0) {
    seen.transfer = std::chrono::duration_cast<Micros>(
        std::chrono::duration<double>(static_cast<double>(length) / per_second));
  }
  return *this;
}

Scene& Scene::stands_still(int still) {
  auto& seen = std::get<HttpSeen>(last(Stage::http).seen);
  seen.stalled = milliseconds(still);
  seen.transfer += seen.stalled;
  return *this;
}

Scene& Scene::received(std::uint64_t bytes) {
  std::get<TcpSeen>(last(Stage::tcp).seen).info->bytes_received = bytes;
  return *this;
}

Scene& Scene::lost(std::uint32_t retransmits) {
  auto& seen = std::get<TcpSeen>(last(Stage::tcp).seen);
  if (!seen.info) seen.info.emplace();
  seen.info->unacked = 1;
  seen.info->retransmits = retransmits;
  return *this;
}

Scene& Scene::at_url(std::string url) {
  std::get<HttpSeen>(last(Stage::http).seen).url = std::move(url);
  return *this;
}

Scene& Scene::secured() {
  const Observation answer = made.observations.back();
  made.observations.pop_back();
  TlsSeen seen;
  seen.server_name = place_of(std::get<HttpSeen>(answer.seen).url).first;
  seen.client_hello_sent = seen.server_hello_seen = true;
  add(Stage::tls, answer.peer, answer.purpose, answer.depth, answer.transaction).seen = seen;
  made.observations.push_back(answer);
  return *this;
}

Scene& Scene::talk(MailSeen seen, std::optional<Word> word) {
  const Observation before = made.observations.back();
  Observation& step =
      add(Stage::mail, before.peer, before.purpose, before.depth, before.transaction);
  step.seen = std::move(seen);
  if (word) step.failure = Failure{*word, {}};
  return *this;
}

Scene& Scene::helper(std::vector<std::string> addresses) {
  HelperReport report;
  const std::uint16_t to = place_of(made.url).second;
  for (const std::string& address : addresses) {
    report.connects.push_back({{address, to}, ""});
    if (to == 443) report.handshakes.push_back({{address, to}, place_of(made.url).first, ""});
    report.addresses.push_back({address, 1, HelperAddress::kByHelper});
  }
  report.lookup = HelperLookup{"", addresses};
  HelperRequest request;
  request.status = 200;
  request.body_length = 1000;
  report.request = request;
  made.helper = std::move(report);
  return *this;
}

Scene& Scene::helper_connect(const std::string& address, std::string failure, std::uint16_t to) {
  auto& connects = made.helper->connects;
  std::erase_if(connects, [&](const HelperConnect& connect) {
    return connect.peer == Endpoint{address, to};
  });
  connects.push_back({{address, to}, std::move(failure)});
  return *this;
}

Scene& Scene::helper_handshake(const std::string& address, std::string failure) {
  auto& handshakes = made.helper->handshakes;
  std::erase_if(handshakes, [&](const HelperHandshake& handshake) {
    return handshake.peer == Endpoint{address, 443};
  });
  handshakes.push_back({{address, 443}, place_of(made.url).first, std::move(failure)});
  return *this;
}

Scene& Scene::helper_request(std::string failure, int status, std::int64_t length) {
  made.helper->request->failure = std::move(failure);
  made.helper->request->status = status;
  made.helper->request->body_length = length;
  return *this;
}

Scene& Scene::helper_name(std::string failure) {
  made.helper->lookup = HelperLookup{std::move(failure), {}};
  return *this;
}

Scene& Scene::controls(bool domestic_ok, bool foreign_ok) {
  for (const Side side : {Side::domestic, Side::domestic, Side::foreign, Side::foreign}) {
    ControlResult control;
    control.name = std::string(to_string(side)) + std::to_string(made.controls.size());
    control.side = side;
    control.ok = side == Side::domestic ? domestic_ok : foreign_ok;
    control.families = {Family::ipv4};
    if (control.ok) control.issuer = "CN=an issuer of " + control.name;
    if (!control.ok) {
      control.failures = {{Stage::tcp, Family::ipv4, {Word::generic_timeout_error, {}}}};
    }
    made.controls.push_back(std::move(control));
  }
  return *this;
}

Scene& Scene::before(Status status, std::string kind, std::string rule) {
  PastRound round;
  round.ago = std::chrono::minutes(1 + static_cast<int>(made.past.rounds.size()));
  Outcome outcome{status, {}, std::move(rule)};
  if (!kind.empty()) outcome.kinds = {std::move(kind)};
  round.outcome = std::move(outcome);
  made.past.rounds.push_back(std::move(round));
  return *this;
}

Scene& Scene::fingerprint(std::string scope, std::vector<std::string> countries) {
  made.fingerprints.push_back({static_cast<int>(made.observations.size()) - 1, "a known page",
                               std::move(scope), std::move(countries)});
  return *this;
}

}  // namespace reachd::test
