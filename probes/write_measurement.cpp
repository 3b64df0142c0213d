#include <algorithm>
#include <cstdio>

#include "probes/json_values.hpp"
#include "probes/measurement_json.hpp"
#include "probes/text.hpp"
#include "probes/utc.hpp"
#include "probes/write_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

// The version of web_connectivity whose test_keys ours have the shape of.
constexpr std::string_view kTestVersion = "0.5.28";

std::string test_name(const Measurement& measurement) {
  const bool web = measurement.scheme == Scheme::http || measurement.scheme == Scheme::https;
  return web ? "web_connectivity" : "reachd_" + std::string(to_string(measurement.scheme));
}

std::string country_of(const Measurement& measurement) {
  return measurement.vantage.country.empty() ? "ZZ" : measurement.vantage.country;
}

// The resolver that was asked first; OONI's word for "not known" where none was.
std::string resolver_ip(const Measurement& measurement) {
  const auto asked = std::ranges::find(measurement.observations, Stage::dns, &Observation::stage);
  const bool known = asked != measurement.observations.end() && !asked->peer.address.empty();
  return known ? asked->peer.address : "127.0.0.2";
}

bool has_bodies(const Verdict& verdict) {
  return verdict.status != Status::ok || !verdict.kinds.empty();
}

json::object verdict_of(const Verdict& verdict) {
  return {{"status", to_string(verdict.status)},
          {"kinds", json::array(verdict.kinds.begin(), verdict.kinds.end())},
          {"locus", to_string(verdict.locus)},
          {"rule", verdict.rule},
          {"rules_version", verdict.rules_version},
          {"evidence", json::array(verdict.evidence.begin(), verdict.evidence.end())}};
}

json::object lists_of(Lists& lists) {
  return {{"queries", std::move(lists.queries)},
          {"x_dns_duplicate_responses", std::move(lists.duplicates)},
          {"tcp_connect", std::move(lists.tcp_connect)},
          {"tls_handshakes", std::move(lists.tls_handshakes)},
          {"requests", std::move(lists.requests)},
          {"mail", std::move(lists.mail)}};
}

json::object our_facts(const Measurement& measurement, const Verdict& verdict, Sheet& sheet) {
  const auto began = std::chrono::floor<Micros>(measurement.began.time_since_epoch());
  json::object facts{{"vantage", sheet.text(measurement.vantage.name)},
                     {"service", sheet.text(measurement.service)},
                     {"target", sheet.text(measurement.target)},
                     {"scheme", to_string(measurement.scheme)},
                     {"round", to_string(measurement.round)},
                     {"began_us", began.count()},
                     {"verdict", verdict_of(verdict)},
                     {"tcp_info", std::move(sheet.tcp_info)},
                     {"mail", std::move(sheet.lists[Purpose::ladder].mail)},
                     {"steps", std::move(sheet.steps)}};
  for (auto& [purpose, lists] : sheet.lists) {
    if (purpose != Purpose::ladder) facts[to_string(purpose)] = lists_of(lists);
  }
  write_knowledge(sheet, facts);
  return facts;
}

json::value consistency_of(const Classic& classic) {
  if (!classic.dns_consistent) return nullptr;
  return *classic.dns_consistent ? "consistent" : "inconsistent";
}

json::object test_keys(const Measurement& measurement, const Verdict& verdict, Sheet& sheet) {
  for (const Observation& step : measurement.observations) write_observation(sheet, step);
  Lists& lists = sheet.lists[Purpose::ladder];
  const Classic classic = judge_classically(measurement);
  return {{"agent", "redirect"},
          {"client_resolver", resolver_ip(measurement)},
          {"retries", nullptr},
          {"socksproxy", nullptr},
          {"network_events", std::move(sheet.network_events)},
          {"x_dns_whoami", nullptr},
          {"x_doh", nullptr},
          {"x_do53", nullptr},
          {"x_dns_duplicate_responses", std::move(lists.duplicates)},
          {"queries", std::move(lists.queries)},
          {"requests", std::move(lists.requests)},
          {"tcp_connect", std::move(lists.tcp_connect)},
          {"tls_handshakes", std::move(lists.tls_handshakes)},
          {"x_control_request", nullptr},
          {"control", control_of(sheet)},
          {"x_conn_priority_log", nullptr},
          {"control_failure", sheet.failure(measurement.helper_failure)},
          {"x_dns_flags", 0},
          {"dns_experiment_failure", nullptr},
          {"dns_consistency", consistency_of(classic)},
          {"http_experiment_failure", nullptr},
          {"x_blocking_flags", 0},
          {"x_null_null_flags", 0},
          {"body_proportion", classic.match.proportion},
          {"body_length_match", flag_value(classic.match.body_length)},
          {"headers_match", flag_value(classic.match.headers)},
          {"status_code_match", flag_value(classic.match.status)},
          {"title_match", flag_value(classic.match.title)},
          {"blocking", blocking_value(classic)},
          {"accessible", flag_value(classic.accessible)},
          {"x_reachd", our_facts(measurement, verdict, sheet)}};
}

}  // namespace

json::value blocking_value(const Classic& classic) {
  if (!classic.blocking) return nullptr;
  return classic.blocking->empty() ? json::value(false) : json::value(*classic.blocking);
}

json::value flag_value(std::optional<bool> flag) {
  return flag ? json::value(*flag) : json::value(nullptr);
}

std::string measurement_uid(const Measurement& measurement) {
  std::string subject = measurement.vantage.name;
  for (const std::string& part : {measurement.service, measurement.target, measurement.url,
                                  std::string(to_string(measurement.round))}) {
    subject += '\n' + part;
  }
  std::string test = test_name(measurement);
  std::erase(test, '_');
  std::string digits = utc_text(measurement.began);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  const auto since_epoch = std::chrono::floor<Micros>(measurement.began.time_since_epoch());
  char tail[32];
  std::snprintf(tail, sizeof tail, ".%06d_", static_cast<int>(since_epoch.count() % 1'000'000));
  std::string uid = digits + tail + country_of(measurement) + "_" + test + "_" +
                    sha256_hex(subject).substr(0, 16);
  return uid;
}

void drop_bodies(Measurement& measurement, const Verdict& verdict) {
  if (has_bodies(verdict)) return;
  for (Observation& step : measurement.observations) {
    // An assignment would keep the room that the body had.
    if (auto* seen = std::get_if<HttpSeen>(&step.seen)) std::string().swap(seen->body);
  }
}

json::object to_json(const Measurement& measurement, const Verdict& verdict,
                     const std::vector<std::string>& own_addresses) {
  Sheet sheet(measurement, has_bodies(verdict), own_addresses);
  const std::string time = utc_text(measurement.began);
  return {{"annotations", {{"engine_name", "reachd"}, {"engine_version", REACHD_VERSION}}},
          {"data_format_version", "0.2.0"},
          {"extensions",
           {{"dnst", 0},
            {"httpt", 0},
            {"netevents", 0},
            {"tcpconnect", 0},
            {"tlshandshake", 0},
            {"tunnel", 0}}},
          {"input", sheet.text(measurement.url)},
          {"measurement_start_time", time},
          {"measurement_uid", measurement_uid(measurement)},
          {"probe_asn", "AS" + std::to_string(measurement.vantage.asn)},
          {"probe_cc", country_of(measurement)},
          {"probe_ip", "127.0.0.1"},
          {"probe_network_name", ""},
          {"report_id", ""},
          {"resolver_asn", "AS0"},
          {"resolver_ip", resolver_ip(measurement)},
          {"resolver_network_name", ""},
          {"software_name", "reachd"},
          {"software_version", REACHD_VERSION},
          {"test_keys", test_keys(measurement, verdict, sheet)},
          {"test_name", test_name(measurement)},
          {"test_runtime", seconds(measurement.runtime)},
          {"test_start_time", time},
          {"test_version", kTestVersion}};
}

}  // namespace reachd
