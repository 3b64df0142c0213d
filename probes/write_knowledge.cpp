#include <algorithm>
#include <cmath>

#include "probes/control/helper_report_json.hpp"
#include "probes/json_values.hpp"
#include "probes/write_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

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
                      {"status", to_string(round.outcome->status)},
                      {"kinds", list_of(round.outcome->kinds)},
                      {"rule", text_value(round.outcome->rule)}});
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
  return to_json(*sheet.measurement.helper);
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
