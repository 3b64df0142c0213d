#include "probes/measurement_json.hpp"

#include <gtest/gtest.h>
#include <set>

#include <boost/json.hpp>

#include "tests/support/measurements.hpp"

namespace reachd {
namespace {

namespace json = boost::json;

Verdict impaired() {
  Verdict verdict;
  verdict.status = Status::impaired;
  verdict.kinds = {"tls.reset.other"};
  verdict.locus = Locus::network;
  verdict.rule = "plain.step_failed";
  verdict.rules_version = 1;
  verdict.evidence = {2};
  return verdict;
}

Verdict fine() {
  Verdict verdict;
  verdict.status = Status::ok;
  verdict.rule = "plain.all_steps";
  return verdict;
}

// Written, serialised to a line, read again.
Measurement there_and_back(const Measurement& measurement, const Verdict& verdict) {
  auto parsed = parse_measurement(json::serialize(to_json(measurement, verdict)));
  EXPECT_TRUE(parsed.has_value()) << parsed.error();
  return parsed ? *parsed : Measurement{};
}

std::set<std::string> keys_of(const json::value& value) {
  std::set<std::string> keys;
  for (const auto& [key, member] : value.as_object()) keys.emplace(key);
  return keys;
}

TEST(MeasurementJson, ABodyThatIsDroppedGivesItsRoomBack) {
  Measurement measurement;
  HttpSeen seen;
  seen.body = std::string(5000, 'x');
  measurement.observations.emplace_back().seen = seen;
  Verdict verdict;
  verdict.status = Status::ok;
  drop_bodies(measurement, verdict);
  const std::string& body = std::get<HttpSeen>(measurement.observations.front().seen).body;
  EXPECT_TRUE(body.empty());
  EXPECT_LT(body.capacity(), 100U);
}

TEST(MeasurementJson, WhatIsWrittenIsReadBackAsItWas) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Measurement measurement = test::made_up_measurement(seed);
    const Measurement back = there_and_back(measurement, impaired());
    ASSERT_EQ(back.observations.size(), measurement.observations.size()) << "seed " << seed;
    for (std::size_t i = 0; i < back.observations.size(); ++i) {
      ASSERT_TRUE(back.observations[i] == measurement.observations[i])
          << "seed " << seed << " step " << i << "\n"
          << json::serialize(to_json(back, impaired())) << "\n"
          << json::serialize(to_json(measurement, impaired()));
    }
    ASSERT_EQ(back, measurement) << "seed " << seed;
  }
}

TEST(MeasurementJson, OfAGoodRoundOnlyTheBodiesAreLost) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Measurement measurement = test::made_up_measurement(seed);
    const Measurement back = there_and_back(measurement, fine());
    for (Observation& step : measurement.observations) {
      if (auto* seen = std::get_if<HttpSeen>(&step.seen)) seen->body.clear();
    }
    ASSERT_EQ(back, measurement) << "seed " << seed;
  }
}

TEST(MeasurementJson, ALongBodyIsCutAndSaysSoButStaysWhatItWasForTheRest) {
  Measurement measurement = test::good_measurement();
  auto& seen = std::get<HttpSeen>(measurement.observations.back().seen);
  seen.body = std::string(5000, 'x');
  const json::object written = to_json(measurement, impaired());
  const json::value& response = written.at("test_keys").at("requests").at(0).at("response");
  EXPECT_EQ(response.at("body").as_string().size(), 4096U);
  EXPECT_TRUE(response.at("body_is_truncated").as_bool());
  seen.body.resize(4096);
  EXPECT_EQ(there_and_back(measurement, impaired()), measurement);
}

TEST(MeasurementJson, TheTopLevelHasTheKeysOfOonisDataFormat) {
  const json::object written = to_json(test::good_measurement(), fine());
  EXPECT_EQ(keys_of(written), (std::set<std::string>{"annotations",
                                                     "data_format_version",
                                                     "extensions",
                                                     "input",
                                                     "measurement_start_time",
                                                     "measurement_uid",
                                                     "probe_asn",
                                                     "probe_cc",
                                                     "probe_ip",
                                                     "probe_network_name",
                                                     "report_id",
                                                     "resolver_asn",
                                                     "resolver_ip",
                                                     "resolver_network_name",
                                                     "software_name",
                                                     "software_version",
                                                     "test_keys",
                                                     "test_name",
                                                     "test_runtime",
                                                     "test_start_time",
                                                     "test_version"}));
  EXPECT_EQ(written.at("data_format_version"), "0.2.0");
  EXPECT_EQ(written.at("input"), "https://www.example.com/");
  EXPECT_EQ(written.at("measurement_start_time"), "2026-01-31 23:59:58");
  EXPECT_EQ(written.at("test_start_time"), "2026-01-31 23:59:58");
  EXPECT_EQ(written.at("probe_asn"), "AS4134");
  EXPECT_EQ(written.at("probe_cc"), "CN");
  EXPECT_EQ(written.at("probe_ip"), "127.0.0.1");
  EXPECT_EQ(written.at("resolver_ip"), "192.0.2.53");
  EXPECT_EQ(written.at("software_name"), "reachd");
  EXPECT_EQ(written.at("test_name"), "web_connectivity");
  EXPECT_EQ(written.at("report_id"), "");
  EXPECT_DOUBLE_EQ(written.at("test_runtime").as_double(), 0.31);
}

TEST(MeasurementJson, AVantageThatSaysNothingOfItselfIsZzAndAs0) {
  Measurement measurement = test::good_measurement();
  measurement.vantage = {};
  measurement.observations.erase(measurement.observations.begin());
  const json::object written = to_json(measurement, fine());
  EXPECT_EQ(written.at("probe_asn"), "AS0");
  EXPECT_EQ(written.at("probe_cc"), "ZZ");
  EXPECT_EQ(written.at("resolver_ip"), "127.0.0.2");
  EXPECT_EQ(there_and_back(measurement, fine()).vantage, VantageName{});
}

TEST(MeasurementJson, EverySchemeHasItsTestName) {
  Measurement measurement = test::blank_measurement();
  const std::vector<std::pair<Scheme, std::string>> names{
      {Scheme::http, "web_connectivity"}, {Scheme::https, "web_connectivity"},
      {Scheme::imap, "reachd_imap"},      {Scheme::imaps, "reachd_imaps"},
      {Scheme::smtp, "reachd_smtp"},      {Scheme::smtps, "reachd_smtps"},
      {Scheme::tcp, "reachd_tcp"},        {Scheme::tls, "reachd_tls"},
      {Scheme::dns, "reachd_dns"}};
  for (const auto& [scheme, name] : names) {
    measurement.scheme = scheme;
    EXPECT_EQ(to_json(measurement, fine()).at("test_name"), json::string(name));
  }
}

TEST(MeasurementJson, TestKeysHaveTheKeysOfWebConnectivityAndOurs) {
  const json::object written = to_json(test::good_measurement(), impaired());
  const json::value& keys = written.at("test_keys");
  EXPECT_EQ(keys_of(keys), (std::set<std::string>{"accessible",
                                                  "agent",
                                                  "blocking",
                                                  "body_length_match",
                                                  "body_proportion",
                                                  "client_resolver",
                                                  "control",
                                                  "control_failure",
                                                  "dns_consistency",
                                                  "dns_experiment_failure",
                                                  "headers_match",
                                                  "http_experiment_failure",
                                                  "network_events",
                                                  "queries",
                                                  "requests",
                                                  "retries",
                                                  "socksproxy",
                                                  "status_code_match",
                                                  "tcp_connect",
                                                  "title_match",
                                                  "tls_handshakes",
                                                  "x_blocking_flags",
                                                  "x_conn_priority_log",
                                                  "x_control_request",
                                                  "x_dns_duplicate_responses",
                                                  "x_dns_flags",
                                                  "x_dns_whoami",
                                                  "x_do53",
                                                  "x_doh",
                                                  "x_null_null_flags",
                                                  "x_reachd"}));
  EXPECT_EQ(keys.at("agent"), "redirect");
  EXPECT_TRUE(keys.at("control").is_null());
  EXPECT_EQ(keys.at("blocking"), false) << "proved over TLS without a control";
  EXPECT_EQ(keys.at("accessible"), true);

  EXPECT_EQ(keys_of(keys.at("queries").at(0)),
            (std::set<std::string>{"answers", "engine", "failure", "hostname", "query_type",
                                   "rcode", "raw_response", "resolver_address", "resolver_hostname",
                                   "resolver_port", "t", "t0", "tags", "transaction_id"}));
  EXPECT_EQ(json::serialize(keys.at("queries").at(0).at("answers").at(0)),
            R"({"answer_type":"A","ttl":300,"ipv4":"192.0.2.10"})");
  EXPECT_EQ(keys.at("queries").at(0).at("resolver_address"), "192.0.2.53:53");

  const json::value& connect = keys.at("tcp_connect").at(0);
  EXPECT_EQ(keys_of(connect),
            (std::set<std::string>{"ip", "port", "status", "t", "t0", "tags", "transaction_id"}));
  EXPECT_EQ(connect.at("ip"), "192.0.2.10");
  EXPECT_EQ(connect.at("port"), 443);
  EXPECT_TRUE(connect.at("status").at("success").as_bool());
  EXPECT_DOUBLE_EQ(connect.at("t0").as_double(), 0.012);
  EXPECT_DOUBLE_EQ(connect.at("t").as_double(), 0.020);
  EXPECT_EQ(json::serialize(connect.at("tags")),
            R"(["classic","tcptls_experiment","depth=0","fetch_body=true"])");

  EXPECT_EQ(keys_of(keys.at("tls_handshakes").at(0)),
            (std::set<std::string>{"address", "cipher_suite", "failure", "negotiated_protocol",
                                   "network", "no_tls_verify", "peer_certificates", "server_name",
                                   "t", "t0", "tags", "tls_version", "transaction_id"}));
  EXPECT_EQ(json::serialize(keys.at("tls_handshakes").at(0).at("peer_certificates")),
            R"([{"data":"bm90IHJlYWxseSBhIGNlcnRpZmljYXRl","format":"base64"}])");

  const json::value& request = keys.at("requests").at(0);
  EXPECT_EQ(keys_of(request),
            (std::set<std::string>{"address", "alpn", "failure", "network", "request", "response",
                                   "t", "t0", "tags", "transaction_id"}));
  EXPECT_EQ(keys_of(request.at("request")),
            (std::set<std::string>{"body", "body_is_truncated", "headers", "headers_list", "method",
                                   "tor", "url", "x_transport"}));
  EXPECT_EQ(
      keys_of(request.at("response")),
      (std::set<std::string>{"body", "body_is_truncated", "code", "headers", "headers_list"}));
  EXPECT_EQ(request.at("alpn"), "h2");
  EXPECT_EQ(json::serialize(request.at("response").at("headers_list")),
            R"([["Content-Type","text/html"]])");

  std::vector<std::string> operations;
  for (const json::value& event : keys.at("network_events").as_array()) {
    operations.emplace_back(event.at("operation").as_string());
    EXPECT_EQ(event.at("transaction_id"), 50001);
  }
  EXPECT_EQ(operations,
            (std::vector<std::string>{"connect", "tls_handshake_start", "tls_handshake_done",
                                      "http_transaction_start", "http_transaction_done"}));
}

TEST(MeasurementJson, OurFactsHoldTheVerdictAndTheConnection) {
  const json::object written = to_json(test::good_measurement(), impaired());
  const json::value& ours = written.at("test_keys").at("x_reachd");
  EXPECT_EQ(ours.at("service"), "example");
  EXPECT_EQ(ours.at("target"), "web");
  EXPECT_EQ(ours.at("round"), "light");
  EXPECT_EQ(json::serialize(ours.at("verdict")),
            R"({"status":"impaired","kinds":["tls.reset.other"],"locus":"network",)"
            R"("rule":"plain.step_failed","rules_version":1,"evidence":[2]})");
  EXPECT_DOUBLE_EQ(ours.at("tcp_info").at("50001").at("min_rtt").as_double(), 0.0079);
  EXPECT_EQ(ours.at("tcp_info").at("50001").at("bytes_received"), 5200);
}

TEST(MeasurementJson, TheVerdictInALineIsNeverRead) {
  const Measurement measurement = test::reset_measurement();
  EXPECT_EQ(there_and_back(measurement, fine()), there_and_back(measurement, impaired()));
}

TEST(MeasurementJson, TheLastRequestComesFirst) {
  Measurement measurement = test::good_measurement();
  auto& first = std::get<HttpSeen>(measurement.observations.back().seen);
  first.status = 301;
  first.location = "https://www.example.org/";
  Observation second = test::fetch_step(90, 20, 200, "there");
  second.depth = 1;
  std::get<HttpSeen>(second.seen).url = "https://www.example.org/";
  measurement.observations.push_back(second);
  const json::object written = to_json(measurement, impaired());
  const json::value& requests = written.at("test_keys").at("requests");
  EXPECT_EQ(requests.at(0).at("request").at("url"), "https://www.example.org/");
  EXPECT_EQ(requests.at(0).at("tags").as_array().back(), "fetch_body=true");
  EXPECT_EQ(requests.at(1).at("response").at("code"), 301);
  EXPECT_EQ(there_and_back(measurement, impaired()), measurement);
}

TEST(MeasurementJson, TwoAnswersToOneQuestionAreOneQueryAndOneDuplicate) {
  Measurement measurement = test::good_measurement();
  auto& seen = std::get<DnsSeen>(measurement.observations.front().seen);
  DnsReply forged = seen.replies.front();
  forged.at = Micros(3000);
  forged.answers.front().data = "203.0.113.66";
  seen.replies.insert(seen.replies.begin(), forged);
  seen.answer = 1;
  const json::object written = to_json(measurement, impaired());
  const json::value& keys = written.at("test_keys");
  ASSERT_EQ(keys.at("queries").as_array().size(), 1U);
  EXPECT_EQ(keys.at("queries").at(0).at("answers").at(0).at("ipv4"), "192.0.2.10");
  ASSERT_EQ(keys.at("x_dns_duplicate_responses").as_array().size(), 1U);
  const json::value& duplicate = keys.at("x_dns_duplicate_responses").at(0);
  EXPECT_EQ(duplicate.at("answers").at(0).at("ipv4"), "203.0.113.66");
  EXPECT_DOUBLE_EQ(duplicate.at("t").as_double(), 0.003);
  EXPECT_EQ(there_and_back(measurement, impaired()), measurement);
}

TEST(MeasurementJson, BytesThatAreNoTextTravelAsBase64) {
  Measurement measurement = test::good_measurement();
  auto& seen = std::get<HttpSeen>(measurement.observations.back().seen);
  seen.body = "\xff\x00ok";
  seen.headers = {{"Server", "caf\xe9"}, {"X-\xe9", "value"}};
  const json::object written = to_json(measurement, impaired());
  const json::value& response = written.at("test_keys").at("requests").at(0).at("response");
  EXPECT_EQ(json::serialize(response.at("body")), R"({"format":"base64","data":"/w=="})");
  EXPECT_EQ(json::serialize(response.at("headers_list").at(0)),
            R"(["Server",{"format":"base64","data":"Y2Fm6Q=="}])");
  EXPECT_EQ(response.at("headers").as_object().size(), 1U);
  EXPECT_EQ(there_and_back(measurement, impaired()), measurement);
}

TEST(MeasurementJson, ItsNameIsStableAndTellsTargetsAndTimesApart) {
  const Measurement measurement = test::good_measurement();
  const std::string uid = measurement_uid(measurement);
  EXPECT_TRUE(uid.starts_with("20260131235958.500000_CN_webconnectivity_")) << uid;
  EXPECT_EQ(uid, measurement_uid(there_and_back(measurement, fine())));
  EXPECT_EQ(to_json(measurement, fine()).at("measurement_uid"), json::string(uid));
  Measurement other = measurement;
  other.target = "mail";
  EXPECT_NE(measurement_uid(other), uid);
  other = measurement;
  other.began += Micros(1);
  EXPECT_NE(measurement_uid(other), uid);
}

TEST(MeasurementJson, OurOwnAddressesStandNowhereInTheText) {
  Measurement measurement = test::good_measurement();
  measurement.observations.back().failure = Failure{Word::unknown_failure, "from 198.51.100.9"};
  auto& seen = std::get<HttpSeen>(measurement.observations.back().seen);
  seen.url = "https://www.example.com/?ip=198.51.100.9";
  seen.headers = {{"X-Client", "198.51.100.9"}, {"X-Client6", "2001:DB8:0:0::9"}};
  seen.title = "Hello 198.51.100.9";
  seen.body = "you are 198.51.100.9, not 198.51.100.90" + std::string(4070, '.') + "198.51.100.9";
  const std::vector<std::string> own{"198.51.100.9", "2001:db8::9"};
  const std::string written = json::serialize(to_json(measurement, impaired(), own));
  for (std::size_t at = 0; (at = written.find("198.51.100.9", at)) != std::string::npos; ++at) {
    EXPECT_EQ(written.substr(at, 13), "198.51.100.90");
  }
  EXPECT_EQ(written.find("2001:DB8"), std::string::npos);
  EXPECT_NE(written.find("you are [scrubbed], not 198.51.100.90"), std::string::npos);
  EXPECT_NE(written.find("192.0.2.10"), std::string::npos) << "the target's addresses stay";
}

}  // namespace
}  // namespace reachd
