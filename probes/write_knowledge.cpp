#include <algorithm>
#include <cmath>

#include "probes/json_values.hpp"
#include "probes/write_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

json::value helper_failure(const std::string& failure) {
  return failure.empty() ? json::value(nullptr) : text_value(failure);
}

json::value request_of(const HelperRequest& request) {
  json::object headers;
  for (const auto& [name, value] : request.headers) headers[name] = text_value(value);
  return {{"body_length", request.body_length},
          {"discovered_h3_endpoint", text_value(request.h3_endpoint)},
          {"failure", helper_failure(request.failure)},
          {"title", text_value(request.title)},
          {"headers", std::move(headers)},
          {"status_code", request.status}};
}

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.push_back(text_value(text));
  return list;
}

json::object control_result(const Sheet& sheet, const ControlResult& control) {
  json::array families;
  for (const Family family : control.families) families.emplace_back(to_string(family));
  json::array failures;
  for (const ControlFailure& failure : control.failures) {
    failures.push_back({{"stage", to_string(failure.stage)},
                        {"family", to_string(failure.family)},
                        {"failure", sheet.failure(failure.failure)}});
  }
  json::object made{{"name", text_value(control.name)},
                    {"side", to_string(control.side)},
                    {"ok", control.ok},
                    {"families", std::move(families)},
                    {"failures", std::move(failures)},
                    {"addresses", list_of(control.addresses)},
                    {"issuer", sheet.text(control.issuer)},
                    {"redirected_to", sheet.text(control.redirected_to)},
                    {"at_us", control.at.count()}};
  if (control.clock_offset) made["clock_offset"] = control.clock_offset->count();
  if (control.bytes_per_second > 0) {
    made["speed"] = std::llround(std::clamp(control.bytes_per_second, 1.0, 1e15));
  }
  return made;
}

json::object past_of(const Past& past) {
  json::array rounds;
  for (const PastRound& round : past.rounds) {
    rounds.push_back({{"ago_us", round.ago.count()},
                      {"status", to_string(round.status)},
                      {"kinds", list_of(round.kinds)},
                      {"rule", text_value(round.rule)}});
  }
  return {{"rounds", std::move(rounds)},
          {"keys", list_of(past.keys)},
          {"issuers", list_of(past.issuers)},
          {"pinned", list_of(past.pinned)},
          {"median_speed", std::llround(std::clamp(past.median_bytes_per_second, 0.0, 1e15))},
          {"speed_samples", past.speed_samples},
          {"slow_rounds", past.slow_rounds}};
}

}  // namespace

json::value control_of(const Sheet& sheet) {
  if (!sheet.measurement.helper) return nullptr;
  const HelperReport& helper = *sheet.measurement.helper;
  json::object connects;
  for (const HelperConnect& connect : helper.connects) {
    connects[endpoint_text(connect.peer)] = {{"status", connect.failure.empty()},
                                             {"failure", helper_failure(connect.failure)}};
  }
  json::object handshakes;
  for (const HelperHandshake& handshake : helper.handshakes) {
    handshakes[endpoint_text(handshake.peer)] = {{"server_name", text_value(handshake.server_name)},
                                                 {"status", handshake.failure.empty()},
                                                 {"failure", helper_failure(handshake.failure)}};
  }
  json::object addresses;
  for (const HelperAddress& address : helper.addresses) {
    addresses[address.address] = {{"asn", address.asn}, {"flags", address.flags}};
  }
  json::object made{{"tcp_connect", std::move(connects)},
                    {"tls_handshake", std::move(handshakes)},
                    {"quic_handshake", json::object{}},
                    {"ip_info", std::move(addresses)}};
  if (helper.request) made["http_request"] = request_of(*helper.request);
  if (helper.lookup) {
    made["dns"] = {{"failure", helper_failure(helper.lookup->failure)},
                   {"addrs", list_of(helper.lookup->addresses)}};
  }
  return made;
}

void write_knowledge(const Sheet& sheet, json::object& facts) {
  const Measurement& measurement = sheet.measurement;
  json::array controls;
  for (const ControlResult& control : measurement.controls) {
    controls.push_back(control_result(sheet, control));
  }
  json::array fingerprints;
  for (const FingerprintMatch& match : measurement.fingerprints) {
    fingerprints.push_back({{"step", match.observation},
                            {"name", text_value(match.name)},
                            {"scope", text_value(match.scope)},
                            {"countries", list_of(match.countries)}});
  }
  facts["controls"] = std::move(controls);
  facts["past"] = past_of(measurement.past);
  facts["fingerprints"] = std::move(fingerprints);
  facts["unmet"] = sheet.text(measurement.unmet);
}

}  // namespace reachd
