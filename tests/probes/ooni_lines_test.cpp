// Lines that OONI's probes wrote, and lines that nobody should write.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "probes/judge/verdict.hpp"
#include "probes/measurement_json.hpp"

namespace reachd {
namespace {

// A line as web_connectivity 0.5 writes them, cut down to one of each list.
constexpr std::string_view kNewLine = R"({
  "data_format_version": "0.2.0", "input": "http://www.example.com/", "annotations": {"platform": "linux"},
  "measurement_start_time": "2024-02-12 20:33:47", "probe_asn": "AS137", "probe_cc": "IT",
  "probe_ip": "127.0.0.1", "report_id": "", "test_name": "web_connectivity", "test_runtime": 1.5,
  "test_start_time": "2024-02-12 20:33:47", "test_version": "0.5.28", "nobody knows this key": [[[1]]],
  "test_keys": {
    "network_events": null, "x_doh": null, "control": {"tcp_connect": {}}, "blocking": "dns",
    "x_dns_duplicate_responses": [
      {"answers": [{"answer_type": "A", "ipv4": "192.0.2.1", "ttl": 9}], "engine": "udp", "failure": null,
       "hostname": "www.example.com", "query_type": "A", "raw_response": "AAEC", "rcode": 0,
       "resolver_address": "1.1.1.1:53", "t0": 0.001, "t": 0.04, "transaction_id": 20001}],
    "queries": [
      {"answers": null, "engine": "udp", "failure": "dns_nxdomain_error", "hostname": "www.example.com",
       "query_type": "A", "resolver_hostname": null, "resolver_port": null,
       "resolver_address": "1.1.1.1:53", "t0": 0.001, "t": 0.02, "tags": ["depth=0"], "transaction_id": 20001},
      {"answers": [{"answer_type": "CNAME", "hostname": "web.example.com", "ttl": null},
                   {"asn": 1, "answer_type": "A", "ipv4": "192.0.2.1", "ttl": null}],
       "engine": "getaddrinfo", "failure": null, "hostname": "www.example.com", "query_type": "ANY",
       "resolver_address": "", "t": 0.01, "tags": ["classic", "depth=0"], "transaction_id": 10001},
      {"answers": null, "engine": "doh", "failure": "generic_timeout_error", "hostname": "www.example.com",
       "query_type": "AAAA", "resolver_address": "https://dns.google/dns-query", "t0": 0.0, "t": 4,
       "tags": ["depth=0"], "transaction_id": 30001}],
    "requests": [
      {"network": "tcp", "address": "192.0.2.1:443", "alpn": "h2", "failure": "connection_reset",
       "request": {"headers_list": [["Host", "www.example.com"]], "method": "GET", "url": "https://www.example.com/x"},
       "response": {"body": "", "code": 0, "headers_list": null, "headers": {}},
       "t0": 0.4, "t": 0.5, "tags": ["depth=1"], "transaction_id": 50002},
      {"network": "tcp", "address": "192.0.2.1:80", "failure": null,
       "request": {"headers": {"Host": "www.example.com"}, "method": "GET", "url": "http://www.example.com/"},
       "response": {"body": {"format": "base64", "data": "PHRpdGxlPk1vdmVkPC90aXRsZT7/"}, "body_is_truncated": true,
                    "code": 302, "headers": {"Location": "https://www.example.com/x"}},
       "t0": 0.2, "t": 0.3, "tags": ["depth=0"], "transaction_id": 40001}],
    "tcp_connect": [
      {"ip": "192.0.2.1", "port": 80, "status": {"failure": null, "success": true}, "t0": 0.1, "t": 0.2,
       "tags": ["classic", "depth=0"], "transaction_id": 40001},
      {"ip": "2001:db8::1", "port": 443, "status": {"blocked": false, "failure": "network_unreachable", "success": false},
       "t0": 0.35, "t": 0.36, "tags": ["depth=1"], "transaction_id": 50001}],
    "tls_handshakes": [
      {"network": "tcp", "address": "192.0.2.1:443", "cipher_suite": "", "failure": "eof_error",
       "negotiated_protocol": "", "no_tls_verify": false, "peer_certificates": null,
       "server_name": "www.example.com", "t0": 0.37, "t": 0.38, "tags": ["depth=1"], "tls_version": "",
       "transaction_id": 50003}]
  }})";

Measurement parsed(std::string_view line) {
  auto measurement = parse_measurement(line);
  EXPECT_TRUE(measurement.has_value()) << measurement.error();
  return measurement ? *measurement : Measurement{};
}

const DnsSeen& dns(const Measurement& measurement, std::size_t index) {
  return std::get<DnsSeen>(measurement.observations.at(index).seen);
}

TEST(OoniLines, TheFrameIsRead) {
  using namespace std::chrono;
  const Measurement measurement = parsed(kNewLine);
  EXPECT_EQ(measurement.url, "http://www.example.com/");
  EXPECT_EQ(measurement.scheme, Scheme::http);
  EXPECT_EQ(measurement.vantage, (VantageName{"", "IT", 137}));
  EXPECT_EQ(measurement.began, sys_days(2024y / February / 12) + 20h + 33min + 47s);
  EXPECT_EQ(measurement.runtime, 1500ms);
  EXPECT_EQ(measurement.round, Round::deep);
  std::vector<std::pair<Stage, int>> steps;
  for (const Observation& step : measurement.observations)
    steps.emplace_back(step.stage, step.transaction);
  EXPECT_EQ(steps, (std::vector<std::pair<Stage, int>>{{Stage::dns, 30001},
                                                       {Stage::dns, 20001},
                                                       {Stage::dns, 10001},
                                                       {Stage::tcp, 40001},
                                                       {Stage::http, 40001},
                                                       {Stage::tcp, 50001},
                                                       {Stage::tls, 50003},
                                                       {Stage::http, 50002}}));
}

TEST(OoniLines, QueriesOfEveryEngineAreRead) {
  const Measurement measurement = parsed(kNewLine);
  const DnsSeen& doh = dns(measurement, 0);
  EXPECT_EQ(doh.url, "https://dns.google/dns-query");
  EXPECT_EQ(doh.resolver, doh.url);
  EXPECT_TRUE(doh.replies.empty());
  EXPECT_EQ(doh.answer, -1);
  EXPECT_EQ(measurement.observations[0].failure, (Failure{Word::generic_timeout_error, {}}));
  EXPECT_EQ(measurement.observations[0].took, std::chrono::seconds(4));

  const DnsSeen& udp = dns(measurement, 1);
  EXPECT_EQ(udp.engine, "udp");
  EXPECT_EQ(measurement.observations[1].peer, (Endpoint{"1.1.1.1", 53}));
  ASSERT_EQ(udp.replies.size(), 2U) << "the late reply belongs to its question";
  EXPECT_EQ(udp.answer, 0);
  EXPECT_EQ(udp.replies[0].rcode, 3);
  EXPECT_EQ(udp.replies[1].at, Micros(40'000));
  EXPECT_EQ(udp.replies[1].raw, (std::vector<std::uint8_t>{0, 1, 2}));
  EXPECT_EQ(udp.replies[1].answers.at(0), (DnsRecord{"www.example.com", "A", 9, "192.0.2.1"}));

  const DnsSeen& system = dns(measurement, 2);
  EXPECT_EQ(system.resolver, "system");
  EXPECT_EQ(measurement.observations[2].peer, Endpoint{});
  ASSERT_EQ(system.replies.size(), 1U);
  EXPECT_EQ(system.replies[0].answers.at(0),
            (DnsRecord{"www.example.com", "CNAME", 0, "web.example.com"}));
  EXPECT_EQ(system.replies[0].answers.at(1),
            (DnsRecord{"www.example.com", "A", 0, "192.0.2.1", 1}));
  EXPECT_EQ(measurement.observations[2].began, Micros(10'000)) << "without t0 it is t";
}

TEST(OoniLines, ConnectionsHandshakesAndRequestsAreRead) {
  const Measurement measurement = parsed(kNewLine);
  const auto& steps = measurement.observations;
  EXPECT_EQ(steps[3].peer, (Endpoint{"192.0.2.1", 80}));
  EXPECT_EQ(steps[3].failure, std::nullopt);
  EXPECT_EQ(steps[5].peer, (Endpoint{"2001:db8::1", 443}));
  EXPECT_EQ(steps[5].failure, (Failure{Word::network_unreachable, {}}));
  EXPECT_EQ(steps[5].depth, 1);

  const auto& tls = std::get<TlsSeen>(steps[6].seen);
  EXPECT_EQ(tls.server_name, "www.example.com");
  EXPECT_TRUE(tls.client_hello_sent) << "OONI shakes hands only over an open connection";
  EXPECT_FALSE(tls.server_hello_seen);

  const auto& first = std::get<HttpSeen>(steps[4].seen);
  EXPECT_EQ(first.status, 302);
  EXPECT_EQ(first.body, "<title>Moved</title>\xff");
  EXPECT_EQ(first.title, "Moved");
  EXPECT_TRUE(first.body_truncated);
  EXPECT_EQ(first.location, "https://www.example.com/x");
  EXPECT_EQ(first.request_headers, (decltype(first.request_headers){{"Host", "www.example.com"}}));
  EXPECT_EQ(first.version, "HTTP/1.1");
  const auto& second = std::get<HttpSeen>(steps[7].seen);
  EXPECT_EQ(second.status, 0);
  EXPECT_EQ(steps[7].failure, (Failure{Word::connection_reset, {}}));
}

TEST(OoniLines, OldAndPoorLinesAreTolerated) {
  for (
      const std::string_view line :
      {R"({"test_name": "web_connectivity", "test_keys": null})",
       R"({"test_name": "web_connectivity", "test_keys": {}, "input": null, "probe_asn": null})",
       R"({"test_name": "web_connectivity", "test_keys": {"queries": null, "tcp_connect": null}})",
       R"({"test_name": "web_connectivity", "test_keys": {"queries": [null, 7, []], "requests": "no",
               "tls_handshakes": [{"t": "late", "tags": [1, "depth=x"], "address": 3, "transaction_id": 1e300}],
               "tcp_connect": [{"ip": "nonsense", "port": -1, "status": null}]}})"}) {
    EXPECT_TRUE(parse_measurement(line).has_value()) << line;
  }
  const Measurement old =
      parsed(R"({"test_name": "web_connectivity", "input": "https://www.example.com/", "test_keys":
      {"queries": [{"engine": "system", "failure": "android_dns_cache_no_data", "hostname": "www.example.com",
                    "query_type": "A", "answers": []}],
       "requests": [{"failure": "unknown_failure: stopped", "request": {"url": "https://www.example.com/"},
                     "response": {"body": null}}]}})");
  ASSERT_EQ(old.observations.size(), 2U);
  EXPECT_EQ(dns(old, 0).resolver, "system");
  EXPECT_EQ(old.observations[0].failure,
            (Failure{Word::unknown_failure, "android_dns_cache_no_data"}));
  EXPECT_EQ(old.observations[1].failure, (Failure{Word::unknown_failure, "stopped"}));
}

TEST(OoniLines, WhatIsNoMeasurementIsRefusedInASentence) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "not JSON"},
      {"{", "not JSON"},
      {"[]", "no test_keys"},
      {"{}", "no test_keys"},
      {R"({"test_name": "ndt", "test_keys": {}})", "neither web_connectivity"},
      {R"({"test_keys": {}})", "neither web_connectivity"},
      {R"({"test_name": "web_connectivity", "test_keys": {}} {})", "not JSON"},
      {"{\"test_name\": \"\xff\", \"test_keys\": {}}", "not JSON"},
      {std::string(1000, '[') + std::string(1000, ']'), "not JSON"},
  };
  for (const auto& [line, why] : cases) {
    const auto result = parse_measurement(line);
    ASSERT_FALSE(result.has_value()) << line;
    EXPECT_NE(result.error().find(why), std::string::npos) << result.error();
  }
}

TEST(OoniLines, HugeLinesCostBoundedMemory) {
  constexpr std::size_t kHuge = (std::size_t{16} << 20U) - 200;
  const auto flood = [](std::string_view front, std::string_view element, std::string_view back) {
    std::string line(front);
    while (line.size() + element.size() + back.size() < kHuge) line += element;
    return line.append(back);
  };
  const std::string frame = R"({"test_name":"web_connectivity","test_keys":{)";
  const auto too_long = [](const std::string& line) {
    const auto result = parse_measurement(line);
    return !result.has_value() && result.error().starts_with("too long");
  };
  EXPECT_TRUE(too_long(std::string(kHuge + 1000, ' ')));
  EXPECT_TRUE(too_long(flood(frame + R"("x":[)", "0,", "0]}}")));
  EXPECT_TRUE(too_long(flood(frame + R"("queries":[)", R"({},)", "{}]}}")));
  EXPECT_TRUE(too_long(flood(frame + R"("queries":[{"answers":[)", R"({"a":1},)", "{}]}]}}")));
  EXPECT_TRUE(parse_measurement(flood(frame + R"("x":")", "0", R"("}})")).has_value());
}

// OONI's own samples are not ours to copy. They are read where they lie: in the folder that
// REACHD_EXTRA_DATA names, or beside the source.
std::vector<std::filesystem::path> samples() {
  const char* named = std::getenv("REACHD_EXTRA_DATA");
  const std::filesystem::path folder =
      (named != nullptr ? std::filesystem::path(named)
                        : std::filesystem::path(REACHD_SOURCE_DIR) / ".." / "shared" / "data") /
      "ooni-qa";
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename() != "expected.json") files.push_back(entry.path());
  }
  return files;
}

TEST(OoniLines, SamplesWhereTheyAreAtHandGiveAllTheirStepsAndSurviveOurFormat) {
  for (const auto& file : samples()) {
    std::ifstream in(file, std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(in), {}};
    Measurement measurement = parsed(line);
    std::size_t entries = 0;
    const boost::json::value whole = boost::json::parse(line);
    for (const char* list : {"queries", "tcp_connect", "tls_handshakes", "requests"}) {
      const auto* array = whole.at("test_keys").at(list).if_array();
      entries += array == nullptr ? 0 : array->size();
    }
    EXPECT_EQ(measurement.observations.size(), entries) << file;
    EXPECT_EQ(measurement.url, std::string_view(whole.at("input").as_string())) << file;
    for (Observation& step : measurement.observations) {
      auto* seen = std::get_if<HttpSeen>(&step.seen);
      if (seen != nullptr && seen->body.size() > kArchivedBody) seen->body.resize(kArchivedBody);
    }
    const auto again = parse_measurement(boost::json::serialize(to_json(measurement, Verdict{})));
    ASSERT_TRUE(again.has_value()) << file;
    EXPECT_TRUE(*again == measurement) << file;
  }
}

}  // namespace
}  // namespace reachd
