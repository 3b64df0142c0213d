#include "daemon/web/api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "daemon/events/event_json.hpp"
#include "daemon/phases.hpp"
#include "daemon/when.hpp"
#include "probes/measurement_json.hpp"
#include "probes/print.hpp"

namespace reachd::web {
namespace json = boost::json;
namespace {

constexpr std::size_t kReason = 512;  // characters

double in_seconds(Micros span) {
  return std::chrono::duration<double>(span).count();
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value time_or_null(const std::optional<WallTime>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::array kinds_json(const std::vector<std::string>& kinds) {
  return json::array(kinds.begin(), kinds.end());
}

json::object phases_json(const TargetBoard& target) {
  const Phases phases = target.last ? phases_of(*target.last) : Phases{};
  json::object object;
  for (const Phase phase : kPhases) {
    const auto& took = phases.at(static_cast<std::size_t>(phase));
    object[to_string(phase)] = took ? json::value(in_seconds(*took)) : json::value(nullptr);
  }
  return object;
}

// What to call it; `status` and what stands beside it are of the latest round alone.
json::object state_json(const TargetBoard& target) {
  const Condition condition = shown(target);
  return {{"status", to_string(condition.status)},
          {"kinds", kinds_json(condition.kinds)},
          {"since", time_or_null(shown_since(target))}};
}

json::object entry_json(const TargetBoard& target) {
  const RoundRecord* latest = target.rounds.empty() ? nullptr : &target.rounds.front();
  return {{"service", target.target->service},
          {"target", target.target->name},
          {"url", target.target->url},
          {"scheme", to_string(target.target->scheme)},
          {"state", state_json(target)},
          {"status", to_string(target.verdict.status)},
          {"since", time_or_null(target.since)},
          {"rule", text_or_null(target.verdict.rule)},
          {"kinds", kinds_json(target.verdict.kinds)},
          {"locus", to_string(target.verdict.locus)},
          {"reason", latest ? escape_for_people(*latest->reason, kReason) : std::string()},
          {"last_round", latest ? json::value(to_rfc3339(latest->began)) : json::value(nullptr)},
          {"phases", phases_json(target)}};
}

json::object round_json(const RoundRecord& round) {
  return {{"began", to_rfc3339(round.began)},
          {"round", to_string(round.round)},
          {"status", to_string(round.outcome->status)},
          {"rule", round.outcome->rule},
          {"kinds", kinds_json(round.outcome->kinds)},
          {"reason", escape_for_people(*round.reason, kReason)},
          {"runtime", in_seconds(round.runtime)}};
}

json::object control_json(const TargetBoard& control) {
  json::object object = entry_json(control);
  const bool measured = control.last != nullptr;
  object["reachable"] =
      measured ? json::value(control.verdict.status == Status::ok) : json::value(nullptr);
  return object;
}

}  // namespace

json::object targets_json(const Board& board, const Filter& filter) {
  json::object statuses;
  const auto counts = count_by_status(board);
  for (const Status status : kStatuses) {
    statuses[to_string(status)] = counts.at(static_cast<std::size_t>(status));
  }
  const Listing listing = list(board, filter, Order::by_name);
  json::array targets;
  for (const TargetBoard* target : listing.targets) targets.push_back(entry_json(*target));
  return {{"total", listing.total},
          {"offset", filter.offset},
          {"limit", filter.limit},
          {"statuses", std::move(statuses)},
          {"targets", std::move(targets)}};
}

json::object target_json(const TargetBoard& target) {
  json::object object = entry_json(target);
  json::array rounds;
  for (const RoundRecord& round : target.rounds) rounds.push_back(round_json(round));
  object["rounds"] = std::move(rounds);
  object["last"] =
      target.last ? json::value(to_json(*target.last, target.verdict)) : json::value(nullptr);
  object["last_failed"] = target.last_failed
                              ? json::value(to_json(*target.last_failed, target.failed_verdict))
                              : json::value(nullptr);
  return object;
}

json::object events_json(const Board& board, WallTime since, std::size_t limit) {
  json::array events;
  for (const Event& event : board.chronicle.since(since, limit)) events.push_back(to_json(event));
  return {{"events", std::move(events)}};
}

json::object vantage_json(const Board& board) {
  json::array controls;
  for (const auto& [id, control] : board.controls) controls.push_back(control_json(control));
  const VantageName& name = board.vantage;
  const VantageState& state = board.vantage_state;
  return {{"status", to_string(state.confirmed)},
          {"since",
           state.since == WallTime{} ? json::value(nullptr) : json::value(to_rfc3339(state.since))},
          {"name", text_or_null(name.name)},
          {"country", text_or_null(name.country)},
          {"asn", name.asn != 0 ? json::value(name.asn) : json::value(nullptr)},
          {"started", to_rfc3339(board.started)},
          {"ready", board.ready},
          {"controls", std::move(controls)}};
}

}  // namespace reachd::web
