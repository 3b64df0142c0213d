#include "probes/read_knowledge.hpp"

#include <algorithm>
#include <utility>

#include "probes/json_values.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

std::vector<std::string> texts_of(const json::object& object, std::string_view key,
                                  Budget& budget) {
  std::vector<std::string> texts;
  for (const json::value& value : array_of(object, key)) {
    if (!budget.take()) break;
    texts.push_back(text_of(value));
  }
  return texts;
}

HelperRequest request_of(const json::object& object, Budget& budget) {
  HelperRequest request;
  request.failure = text_of(object, "failure");
  request.status = std::clamp(integer_of<int>(object, "status_code", -1), -1, 999);
  request.body_length = integer_of<std::int64_t>(object, "body_length", -1);
  request.title = text_of(object, "title");
  request.h3_endpoint = text_of(object, "discovered_h3_endpoint");
  for (const auto& [name, value] : object_of(object, "headers")) {
    if (!budget.take()) break;
    request.headers.emplace_back(name, text_of(value));
  }
  return request;
}

// Elements of a list of objects, each made by `read`.
template <typename Made, typename Read>
std::vector<Made> list_of(const json::object& object, std::string_view key, Budget& budget,
                          Read read) {
  std::vector<Made> list;
  for (const json::value& value : array_of(object, key)) {
    if (!budget.take()) break;
    list.push_back(read(object_of(value)));
  }
  return list;
}

template <typename Value, std::size_t N>
Value named(const std::array<Value, N>& values, const std::string& text, Value fallback) {
  const auto found =
      std::ranges::find_if(values, [&](Value value) { return text == to_string(value); });
  return found == values.end() ? fallback : *found;
}

Family family_of(const std::string& text) {
  return named(std::array{Family::ipv4, Family::ipv6}, text, Family::ipv4);
}

ControlFailure control_failure_of(const json::object& object) {
  constexpr std::array kStages{Stage::dns, Stage::tcp, Stage::tls, Stage::http, Stage::mail};
  return {named(kStages, text_of(object, "stage"), Stage::dns),
          family_of(text_of(object, "family")), failure_of(object, "failure").value_or(Failure{})};
}

ControlResult control_of(const json::object& object, Budget& budget) {
  ControlResult control;
  control.name = text_of(object, "name");
  control.side =
      named(std::array{Side::domestic, Side::foreign}, text_of(object, "side"), Side::foreign);
  control.ok = flag_of(object, "ok");
  for (const std::string& family : texts_of(object, "families", budget)) {
    control.families.push_back(family_of(family));
  }
  control.failures = list_of<ControlFailure>(object, "failures", budget, control_failure_of);
  control.addresses = texts_of(object, "addresses", budget);
  control.issuer = text_of(object, "issuer");
  control.redirected_to = text_of(object, "redirected_to");
  control.bytes_per_second = static_cast<double>(std::clamp<std::int64_t>(
      integer_of<std::int64_t>(object, "speed"), 0, 1'000'000'000'000'000));
  control.at = Micros(integer_of<std::int64_t>(object, "at_us"));
  if (const json::value* offset = object.if_contains("clock_offset")) {
    constexpr std::int64_t kMost = 1'000'000'000'000;
    control.clock_offset = std::chrono::seconds(integer_of(*offset, 0, -kMost, kMost));
  }
  return control;
}

PastRound round_of(const json::object& object, Budget& budget) {
  PastRound round;
  round.ago = Micros(std::max<std::int64_t>(integer_of<std::int64_t>(object, "ago_us"), 0));
  round.outcome = Outcome{named(kStatuses, text_of(object, "status"), Status::insufficient),
                          texts_of(object, "kinds", budget), text_of(object, "rule")};
  return round;
}

Past past_of(const json::object& object, Budget& budget) {
  Past past;
  past.rounds = list_of<PastRound>(
      object, "rounds", budget, [&](const json::object& round) { return round_of(round, budget); });
  past.keys = texts_of(object, "keys", budget);
  past.issuers = texts_of(object, "issuers", budget);
  past.pinned = texts_of(object, "pinned", budget);
  past.median_bytes_per_second = static_cast<double>(
      std::max<std::int64_t>(integer_of<std::int64_t>(object, "median_speed"), 0));
  past.speed_samples = std::max(integer_of<int>(object, "speed_samples"), 0);
  past.slow_rounds = std::max(integer_of<int>(object, "slow_rounds"), 0);
  return past;
}

FingerprintMatch match_of(const json::object& object, Budget& budget) {
  return {integer_of<int>(object, "step", -1), text_of(object, "name"), text_of(object, "scope"),
          texts_of(object, "countries", budget)};
}

}  // namespace

HelperReport read_helper_report(const json::object& control, Budget& budget) {
  HelperReport report;
  for (const auto& [peer, value] : object_of(control, "tcp_connect")) {
    if (!budget.take()) break;
    const Endpoint endpoint = endpoint_of(peer);
    if (endpoint.address.empty()) continue;
    report.connects.push_back({endpoint, text_of(object_of(value), "failure")});
  }
  for (const auto& [peer, value] : object_of(control, "tls_handshake")) {
    if (!budget.take()) break;
    const Endpoint endpoint = endpoint_of(peer);
    if (endpoint.address.empty()) continue;
    const json::object& handshake = object_of(value);
    report.handshakes.push_back(
        {endpoint, text_of(handshake, "server_name"), text_of(handshake, "failure")});
  }
  if (control.contains("http_request") && control.at("http_request").is_object()) {
    report.request = request_of(object_of(control, "http_request"), budget);
  }
  if (control.contains("dns") && control.at("dns").is_object()) {
    const json::object& lookup = object_of(control, "dns");
    report.lookup = HelperLookup{text_of(lookup, "failure"), texts_of(lookup, "addrs", budget)};
  }
  for (const auto& [address, value] : object_of(control, "ip_info")) {
    if (!budget.take()) break;
    if (address_of(address).empty()) continue;
    const json::object& info = object_of(value);
    report.addresses.push_back({std::string(address), integer_of<std::uint32_t>(info, "asn"),
                                integer_of<int>(info, "flags")});
  }
  return report;
}

std::optional<HelperReport> read_helper(const json::object& keys, Budget& budget) {
  const json::value* control = keys.if_contains("control");
  if (control == nullptr || !control->is_object()) return std::nullopt;
  return read_helper_report(control->get_object(), budget);
}

void read_knowledge(const json::object& ours, Measurement& measurement, Budget& budget) {
  measurement.controls = list_of<ControlResult>(
      ours, "controls", budget,
      [&](const json::object& control) { return control_of(control, budget); });
  measurement.past = past_of(object_of(ours, "past"), budget);
  measurement.fingerprints =
      list_of<FingerprintMatch>(ours, "fingerprints", budget,
                                [&](const json::object& match) { return match_of(match, budget); });
  std::erase_if(measurement.fingerprints, [&](const FingerprintMatch& match) {
    return match.observation < 0 ||
           static_cast<std::size_t>(match.observation) >= measurement.observations.size();
  });
  measurement.unmet = text_of(ours, "unmet");
}

}  // namespace reachd
