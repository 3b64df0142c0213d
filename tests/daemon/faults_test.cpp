// Every way a ladder can break, on real sockets, through the whole ladder and into the metrics:
// what the server does → stage, failure, phases filled up to there, certificate known. Two faults
// that a person would treat differently must never look alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "daemon/metrics.hpp"
#include "probes/judge/judge.hpp"
#include "probes/ladder.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;  // the script's words
using Signer = LeafOptions::Signer;

enum class Tls : std::uint8_t {
  none,
  good,
  expired,
  not_yet,
  other_name,
  stranger,
  self_signed,
  no_intermediate
};

struct Break {
  std::string name;
  std::string url;  // scheme and path; "PORT" is the server's
  Tls tls = Tls::none;
  Script script;
  Stage stage = Stage::tcp;
  std::string failure;  // begins like this
  std::string phases;   // of connect, tls, first_byte, transfer: those that have a time
  std::chrono::milliseconds timeout{10'000};
};

void PrintTo(const Break& fault, std::ostream* out) {
  *out << fault.name;
}

// Long enough for everything before the hang, on a busy machine under a sanitizer.
constexpr auto kShort = 2500ms;

std::string alert(int number) {
  return std::string("\x15\x03\x03\x00\x02\x02", 6) + static_cast<char>(number);
}
ReadUntil hello() {
  return {"\x16\x03"};
}  // the first bytes of a TLS record
Send answer(const std::string& head, const std::string& body = "") {
  return {"HTTP/1.1 " + head + "\r\n\r\n" + body};
}
ReadUntil said(const std::string& word) {
  return {word};
}

std::vector<Break> faults() {
  const std::string http = "http://127.0.0.1:PORT/";
  const std::string https = "https://127.0.0.1:PORT/";
  const std::string imaps = "imaps://127.0.0.1:PORT/";
  const std::string imap = "imap://127.0.0.1:PORT/";
  const std::string smtp = "smtp://127.0.0.1:PORT/";
  const std::string smtps = "smtps://127.0.0.1:PORT/";
  const std::string tls = "tls://127.0.0.1:PORT";
  const std::string wrong_version = "unknown_failure: tls: first record does not look like";
  const std::string remote = "unknown_failure: remote error: tls: ";
  // clang-format off
  return {
      // No connection: a script without a word is a server that has gone.
      {"http_port_closed", http, Tls::none, {}, Stage::tcp, "connection_refused", ""},
      {"imaps_port_closed", imaps, Tls::none, {}, Stage::tcp, "connection_refused", ""},
      {"tcp_port_closed", "tcp://127.0.0.1:PORT", Tls::none, {}, Stage::tcp, "connection_refused", ""},
      {"name_server_gone", "http://name.test:PORT/", Tls::none, {Hang{}}, Stage::dns, "connection_refused", ""},
      // TLS
      {"https_reset_after_hello", https, Tls::none, {hello(), Reset{}}, Stage::tls, "connection_reset", "connect"},
      {"https_eof_after_hello", https, Tls::none, {hello(), Finish{}, Hang{}}, Stage::tls, "eof_error", "connect"},
      {"https_hang_after_hello", https, Tls::none, {hello(), Hang{}}, Stage::tls, "generic_timeout_error", "connect", kShort},
      {"https_alert_handshake_failure", https, Tls::none, {hello(), Send{alert(40)}, Hang{}}, Stage::tls, remote + "handshake failure", "connect"},
      {"https_alert_internal_error", https, Tls::none, {hello(), Send{alert(80)}, Hang{}}, Stage::tls, remote + "internal error", "connect"},
      {"https_alert_access_denied", https, Tls::none, {hello(), Send{alert(49)}, Hang{}}, Stage::tls, remote + "access denied", "connect"},
      {"https_alert_unrecognized_name", https, Tls::none, {hello(), Send{alert(112)}, Hang{}}, Stage::tls, "ssl_invalid_hostname", "connect"},
      {"https_plain_text_on_the_port", https, Tls::none, {hello(), answer("400 Bad Request", "no"), Finish{}, Hang{}}, Stage::tls, wrong_version, "connect"},
      {"https_certificate_expired", https, Tls::expired, {request(), answer("204 OK")}, Stage::tls, "ssl_invalid_certificate", "connect"},
      {"https_certificate_not_yet_valid", https, Tls::not_yet, {request(), answer("204 OK")}, Stage::tls, "ssl_invalid_certificate", "connect"},
      {"https_certificate_of_another", https, Tls::other_name, {request(), answer("204 OK")}, Stage::tls, "ssl_invalid_hostname", "connect"},
      {"https_certificate_of_a_stranger", https, Tls::stranger, {request(), answer("204 OK")}, Stage::tls, "ssl_unknown_authority", "connect"},
      {"https_certificate_self_signed", https, Tls::self_signed, {request(), answer("204 OK")}, Stage::tls, "ssl_unknown_authority", "connect"},
      {"https_intermediate_missing", https, Tls::no_intermediate, {request(), answer("204 OK")}, Stage::tls, "ssl_unknown_authority", "connect"},
      {"tls_reset_after_hello", tls, Tls::none, {hello(), Reset{}}, Stage::tls, "connection_reset", "connect"},
      {"tls_hang_after_hello", tls, Tls::none, {hello(), Hang{}}, Stage::tls, "generic_timeout_error", "connect", kShort},
      {"tls_certificate_expired", tls, Tls::expired, {Hang{}}, Stage::tls, "ssl_invalid_certificate", "connect"},
      {"tls_certificate_of_another", tls, Tls::other_name, {Hang{}}, Stage::tls, "ssl_invalid_hostname", "connect"},
      {"tls_alert_unrecognized_name", tls, Tls::none, {hello(), Send{alert(112)}, Hang{}}, Stage::tls, "ssl_invalid_hostname", "connect"},
      // HTTP
      {"http_reset_after_request", http, Tls::none, {request(), Reset{}}, Stage::http, "connection_reset", "connect"},
      {"http_eof_after_request", http, Tls::none, {request(), Finish{}, Hang{}}, Stage::http, "eof_error", "connect"},
      {"http_hang_after_request", http, Tls::none, {request(), Hang{}}, Stage::http, "generic_timeout_error", "connect", kShort},
      {"http_hang_in_the_body", http, Tls::none, {request(), answer("200 OK\r\nContent-Length: 9", "half"), Hang{}}, Stage::http, "generic_timeout_error", "connect first_byte", kShort},
      {"http_reset_in_the_body", http, Tls::none, {request(), answer("200 OK\r\nContent-Length: 9", "half"), Pause{50ms}, Reset{}}, Stage::http, "connection_reset", "connect first_byte"},
      {"http_body_cut_short", http, Tls::none, {request(), answer("200 OK\r\nContent-Length: 9", "half"), Finish{}, Hang{}}, Stage::http, "eof_error", "connect first_byte"},
      {"http_chunk_cut_short", http, Tls::none, {request(), answer("200 OK\r\nTransfer-Encoding: chunked", "5\r\nab"), Finish{}, Hang{}}, Stage::http, "eof_error", "connect first_byte"},
      {"http_chunk_malformed", http, Tls::none, {request(), answer("200 OK\r\nTransfer-Encoding: chunked", "zz\r\nab\r\n0\r\n\r\n"), Finish{}, Hang{}}, Stage::http, "unknown_failure: malformed HTTP", "connect first_byte"},
      {"http_another_language", http, Tls::none, {request(), Send{"SSH-2.0-OpenSSH_9.2\r\n"}, Finish{}, Hang{}}, Stage::http, "unknown_failure: malformed HTTP", "connect first_byte"},
      {"http_endless_headers", http, Tls::none, {request(), Send{"HTTP/1.1 200 OK\r\n"}, SendForever{"X-Filler: " + std::string(1000, 'y') + "\r\n"}}, Stage::http, "unknown_failure: response headers too large", "connect first_byte"},
      {"http_redirect_to_nowhere", http, Tls::none, {request(), answer("302 Found\r\nLocation: http://\r\nContent-Length: 0")}, Stage::http, "http_invalid_redirect_location_host", "connect first_byte"},
      {"http_redirect_to_another_scheme", http, Tls::none, {request(), answer("302 Found\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0")}, Stage::http, "http_invalid_redirect_location_host", "connect first_byte"},
      {"http_redirect_without_end", http, Tls::none, {request(), answer("302 Found\r\nLocation: /again\r\nContent-Length: 0")}, Stage::http, "unknown_failure: stopped after 10 redirects", "connect first_byte transfer"},
      {"https_reset_after_request", https, Tls::good, {request(), Reset{}}, Stage::http, "connection_reset", "connect tls"},
      {"https_eof_after_request", https, Tls::good, {request(), Finish{}, Hang{}}, Stage::http, "eof_error", "connect tls"},
      {"https_hang_after_request", https, Tls::good, {request(), Hang{}}, Stage::http, "generic_timeout_error", "connect tls", kShort},
      {"https_body_cut_short", https, Tls::good, {request(), answer("200 OK\r\nContent-Length: 9", "half"), Finish{}, Hang{}}, Stage::http, "eof_error", "connect tls first_byte"},
      // Mail
      {"imaps_hang_before_greeting", imaps, Tls::good, {Hang{}}, Stage::mail, "generic_timeout_error", "connect tls", kShort},
      {"imaps_eof_before_greeting", imaps, Tls::good, {Finish{}, Hang{}}, Stage::mail, "eof_error", "connect tls"},
      {"imaps_reset_after_hello", imaps, Tls::none, {hello(), Reset{}}, Stage::tls, "connection_reset", "connect"},
      {"imaps_certificate_of_a_stranger", imaps, Tls::stranger, {Hang{}}, Stage::tls, "ssl_unknown_authority", "connect"},
      {"imaps_says_bye", imaps, Tls::good, {Send{"* BYE overloaded\r\n"}, Hang{}}, Stage::mail, "unknown_failure: * BYE overloaded", "connect tls first_byte"},
      {"imaps_another_language", imaps, Tls::good, {Send{"220 mail ESMTP\r\n"}, Hang{}}, Stage::mail, "unknown_failure: not an IMAP greeting", "connect tls first_byte"},
      {"imap_starttls_not_offered", imap, Tls::none, {Send{"* OK hi\r\n"}, said("CAPABILITY"), Send{"* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"}, Hang{}}, Stage::mail, "unknown_failure: starttls not offered", "connect first_byte"},
      {"imap_reset_before_greeting", imap, Tls::none, {Pause{20ms}, Reset{}}, Stage::mail, "connection_reset", "connect"},
      {"smtp_starttls_not_offered", smtp, Tls::none, {Send{"220 mx ESMTP\r\n"}, said("EHLO"), Send{"250-mx\r\n250 SIZE 1000\r\n"}, Hang{}}, Stage::mail, "unknown_failure: starttls not offered", "connect first_byte"},
      {"smtp_starttls_refused", smtp, Tls::none, {Send{"220 mx ESMTP\r\n"}, said("EHLO"), Send{"250-mx\r\n250 STARTTLS\r\n"}, said("STARTTLS"), Send{"454 not now\r\n"}, Hang{}}, Stage::mail, "unknown_failure: starttls refused: 454", "connect first_byte"},
      {"smtp_data_before_the_handshake", smtp, Tls::none, {Send{"220 mx ESMTP\r\n"}, said("EHLO"), Send{"250-mx\r\n250 STARTTLS\r\n"}, said("STARTTLS"), Send{"220 go\r\n250 injected\r\n"}, Hang{}}, Stage::mail, "unknown_failure: data before the handshake", "connect first_byte"},
      {"smtp_reset_in_starttls_handshake", smtp, Tls::none, {Send{"220 mx ESMTP\r\n"}, said("EHLO"), Send{"250-mx\r\n250 STARTTLS\r\n"}, said("STARTTLS"), Send{"220 go\r\n"}, hello(), Reset{}}, Stage::tls, "connection_reset", "connect first_byte"},
      {"smtp_greeting_refuses", smtp, Tls::none, {Send{"554 no service\r\n"}, Hang{}}, Stage::mail, "unknown_failure: 554 no service", "connect first_byte"},
      {"smtp_another_language", smtp, Tls::none, {Send{"* OK IMAP4rev1\r\n"}, Hang{}}, Stage::mail, "unknown_failure: not an SMTP greeting", "connect first_byte"},
      {"smtp_hang_after_ehlo", smtp, Tls::none, {Send{"220 mx ESMTP\r\n"}, said("EHLO"), Hang{}}, Stage::mail, "generic_timeout_error", "connect first_byte", kShort},
      {"smtps_eof_in_handshake", smtps, Tls::none, {hello(), Finish{}, Hang{}}, Stage::tls, "eof_error", "connect"},
  };
  // clang-format on
}

// The certificates are made once: they take longer than the tests.
struct Certificates {
  Pki pki;
  std::map<Tls, Leaf> leaves{
      {Tls::good, pki.issue()},
      {Tls::expired, pki.issue({.not_before = -48h, .not_after = -24h})},
      {Tls::not_yet, pki.issue({.not_before = 24h, .not_after = 48h})},
      {Tls::other_name, pki.issue({.names = {"other.test"}, .addresses = {"192.0.2.1"}})},
      {Tls::stranger, pki.issue({.signer = Signer::stranger})},
      {Tls::self_signed, pki.issue({.signer = Signer::itself})},
      {Tls::no_intermediate,
       pki.issue({.signer = Signer::intermediate, .send_intermediate = false})},
  };
};
Certificates& certificates() {
  static Certificates made;
  return made;
}

// A UDP port that nobody listens on.
std::uint16_t closed_port() {
  boost::asio::io_context io;
  boost::asio::ip::udp::socket socket(io, {boost::asio::ip::address_v4::loopback(), 0});
  return socket.local_endpoint().port();
}

Config config_for(const Break& fault, std::uint16_t port) {
  std::string url = fault.url;
  url.replace(url.find("PORT"), 4, std::to_string(port));
  const std::string starttls =
      url.starts_with("smtp:") || url.starts_with("imap:") ? ", starttls: required" : "";
  const Loaded loaded = parse_config(
      "schedule: {timeout: " + std::to_string(fault.timeout.count()) +
          "ms}\nresolvers: [{name: gone, udp: '127.0.0.1:" + std::to_string(closed_port()) +
          "'}]\nservices: [{name: s, targets: [{name: t, url: '" + url + "'" + starttls + "}]}]\n",
      "faults.yaml");
  if (const auto* wrong = std::get_if<std::vector<Fault>>(&loaded)) {
    ADD_FAILURE() << to_string(wrong->front());
    return {};
  }
  return std::get<Config>(loaded);
}

struct Outcome {
  Measurement measurement;
  Verdict verdict;
  std::string metrics;
};

Outcome measure(const Break& fault) {
  Loop loop(certificates().pki.ca_file());
  std::optional<boost::asio::ssl::context> context;
  if (fault.tls != Tls::none) {
    context.emplace(server_context(certificates().leaves.at(fault.tls)).release());
  }
  TcpServer server(loop.io, fault.script, context ? &*context : nullptr);
  if (fault.script.empty()) server.close();
  const Config config = config_for(fault, server.port());
  Metrics metrics;
  metrics.configure(config);
  net::Resolvers resolvers(config.resolvers);
  const Target target = targets_of(config).front();
  Outcome outcome;
  outcome.measurement = run(loop.io, climb(loop.way, resolvers, target, {}));
  outcome.verdict = judge(outcome.measurement);
  metrics.observe(outcome.measurement, outcome.verdict, {}, nullptr);
  outcome.metrics = metrics.text();
  return outcome;
}

// The phases that the metrics show a time for.
std::string phases_in(const std::map<std::string, double>& samples) {
  std::string phases;
  for (const char* phase : {"connect", "tls", "first_byte", "transfer"}) {
    for (const auto& [series, value] : samples) {
      if (series.starts_with("reachd_last_phase_duration_seconds{") && value > 0 &&
          series.find("phase=\"" + std::string(phase) + "\"") != std::string::npos) {
        phases += (phases.empty() ? "" : " ") + std::string(phase);
      }
    }
  }
  return phases;
}

class BreakTest : public testing::TestWithParam<Break> {};

TEST_P(BreakTest, ShowsItsStageItsFailureAndThePhasesBeforeIt) {
  const Break& fault = GetParam();
  const Outcome outcome = measure(fault);
  const auto failed = failed_steps(outcome.measurement);
  ASSERT_EQ(failed.size(), fault.stage == Stage::dns ? 2U : 1U);  // a question a family
  const Observation& step = outcome.measurement.observations[failed.front()];
  EXPECT_EQ(to_string(step.stage), to_string(fault.stage));
  EXPECT_THAT(to_string(*step.failure), testing::StartsWith(fault.failure));
  EXPECT_FALSE(is_ours(*step.failure));
  EXPECT_EQ(outcome.verdict.status, Status::impaired);
  EXPECT_EQ(outcome.verdict.evidence.size(), failed.size());

  const auto samples = read_scrape(outcome.metrics).values;
  EXPECT_EQ(phases_in(samples), fault.phases);
  double counted = 0;
  double certificate = 0;
  for (const auto& [series, value] : samples) {
    if (series.starts_with("reachd_failures_total{")) counted += value;
    if (series.starts_with("reachd_failures_total{") && value > 0) {
      EXPECT_NE(series.find("stage=\"" + std::string(to_string(fault.stage)) + "\""),
                std::string::npos);
      EXPECT_NE(series.find("failure=\"" + std::string(to_string(step.failure->word)) + "\""),
                std::string::npos);
    }
    if (series.starts_with("reachd_tls_certificate_not_after_timestamp_seconds{")) {
      certificate = value;
    }
  }
  EXPECT_EQ(counted, static_cast<double>(failed.size()));
  EXPECT_EQ(certificate > 0, fault.tls != Tls::none)
      << "the certificate is known even when it is bad";
}

INSTANTIATE_TEST_SUITE_P(Table, BreakTest, testing::ValuesIn(faults()),
                         [](const auto& info) { return info.param.name; });

struct DnsBreak {
  std::string name;
  DnsScript script;
  std::string failure;
};
void PrintTo(const DnsBreak& fault, std::ostream* out) {
  *out << fault.name;
}

// A reply with its question changed, cut short, or with another id.
DnsScript bending(std::size_t at, Bytes bytes, std::size_t keep = 512) {
  return [=](const Bytes& query, int) {
    Bytes reply = bent(reply_to(query, {"127.0.0.1"}), at, bytes);
    reply.resize(std::min(keep, reply.size()));
    return std::vector<DnsSend>{{reply}};
  };
}

class DnsBreakTest : public testing::TestWithParam<DnsBreak> {};

TEST_P(DnsBreakTest, EndsTheLadderAtTheNameAndIsCounted) {
  Loop loop(certificates().pki.ca_file());
  DnsServer resolver(loop.io, GetParam().script);
  const Loaded loaded = parse_config(
      "schedule: {timeout: 1500ms}\nresolvers: [{name: r, udp: '127.0.0.1:" +
          std::to_string(resolver.port()) +
          "'}]\nservices: [{name: s, targets: [{name: t, url: 'http://name.test/'}]}]\n",
      "faults.yaml");
  const auto& config = std::get<Config>(loaded);
  Metrics metrics;
  metrics.configure(config);
  net::Resolvers resolvers(config.resolvers);
  const Target target = targets_of(config).front();
  const Measurement measurement = run(loop.io, climb(loop.way, resolvers, target, {}));
  const Verdict verdict = judge(measurement);
  metrics.observe(measurement, verdict, {}, nullptr);

  ASSERT_EQ(measurement.observations.size(), 2U) << "one question a family, nothing after them";
  for (const Observation& step : measurement.observations) {
    ASSERT_TRUE(step.failure);
    EXPECT_EQ(to_string(*step.failure), GetParam().failure);
  }
  // Where nothing at all answered, the line may be down as well.
  const bool silence =
      measurement.observations.front().failure->word == Word::generic_timeout_error;
  EXPECT_EQ(verdict.status, silence ? Status::insufficient : Status::impaired);
  const std::string word{to_string(measurement.observations.front().failure->word)};
  const auto samples = read_scrape(metrics.text()).values;
  EXPECT_EQ(samples.at("reachd_failures_total{failure=\"" + word +
                       "\",service_name=\"s\",stage=\"dns\",target=\"t\"}"),
            2);
  EXPECT_EQ(samples.at("reachd_resolver_answers_total{failure=\"" + word + "\",resolver=\"r\"}"),
            2);
  EXPECT_EQ(phases_in(samples), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, DnsBreakTest,
    testing::Values(DnsBreak{"nxdomain", answering({}, 3), "dns_nxdomain_error"},
                    DnsBreak{"no_data", answering({}), "dns_no_answer"},
                    DnsBreak{"refused", answering({}, 5), "dns_refused_error"},
                    DnsBreak{"servfail", answering({}, 2), "dns_servfail_error"},
                    DnsBreak{"notimp", answering({}, 4), "dns_server_misbehaving"},
                    DnsBreak{"silence", silent(), "generic_timeout_error"},
                    DnsBreak{"wrong_id", bending(0, {0, 0}), "dns_reply_with_wrong_query_id"},
                    DnsBreak{"wrong_question", bending(13, {'m'}),
                             "unknown_failure: dns reply for another question"},
                    DnsBreak{"malformed", bending(0, {}, 20),
                             "unknown_failure: malformed dns reply"}),
    [](const auto& info) { return info.param.name; });

// What an alert rule can see of one round: every series that is not zero, without times.
std::set<std::string> appearance(const std::string& metrics) {
  std::set<std::string> seen;
  for (const auto& [series, value] : read_scrape(metrics).values) {
    const bool about_the_target = series.find("target=\"t\"") != std::string::npos;
    const bool time = series.find("timestamp") != std::string::npos ||
                      series.find("phase_duration_seconds_") != std::string::npos;
    if (about_the_target && !time && value > 0) {
      seen.insert(series.starts_with("reachd_last_phase") ? series
                                                          : series + " " + std::to_string(value));
    }
  }
  return seen;
}

TEST(Faults, ThatOthersCannotTellApartLookDifferent) {
  const std::set<std::string> confused{"http_port_closed",
                                       "https_reset_after_hello",
                                       "https_certificate_of_a_stranger",
                                       "https_plain_text_on_the_port",
                                       "https_reset_after_request",
                                       "https_hang_after_request",
                                       "name_server_gone"};
  std::map<std::set<std::string>, std::string> looks;
  for (const Break& fault : faults()) {
    if (!confused.contains(fault.name)) continue;
    const auto [other, fresh] = looks.emplace(appearance(measure(fault).metrics), fault.name);
    EXPECT_TRUE(fresh) << fault.name << " looks like " << other->second;
  }
  EXPECT_EQ(looks.size(), confused.size());
}

TEST(Faults, AreAtLeastFortyFiveAndNamedOnce) {
  std::set<std::string> names;
  for (const Break& fault : faults()) names.insert(fault.name);
  EXPECT_EQ(names.size(), faults().size());
  EXPECT_GE(names.size(), 45U);
}

}  // namespace
}  // namespace reachd
