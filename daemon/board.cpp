#include "daemon/board.hpp"

#include <algorithm>
#include <utility>

#include "config/measures_same.hpp"
#include "daemon/phases.hpp"

namespace reachd {
namespace {

void set_plan(std::map<std::string, TargetBoard>& boards, std::vector<SharedTarget> targets) {
  std::map<std::string, TargetBoard> next;
  for (SharedTarget& target : targets) {
    TargetBoard& entry = next[id_of(target)];
    if (auto known = boards.find(id_of(target));
        known != boards.end() && measures_same(known->second.target, target)) {
      entry = std::move(known->second);
    }
    entry.target = std::move(target);
  }
  boards = std::move(next);
}

bool is_ok(const RoundRecord& round) {
  return round.outcome->status == Status::ok;
}

// What it came to, shared with an earlier round that came to the same.
void tell_outcome(RoundRecord& record, const Rounds& earlier, const Verdict& verdict,
                  std::string reason) {
  const auto same = std::ranges::find_if(earlier, [&](const RoundRecord& round) {
    const auto& [status, kinds, rule] = *round.outcome;
    return status == verdict.status && kinds == verdict.kinds && rule == verdict.rule &&
           *round.reason == reason;
  });
  if (same != earlier.end()) {
    record.outcome = same->outcome;
    record.reason = same->reason;
  } else {
    record.outcome = Outcome{verdict.status, verdict.kinds, verdict.rule};
    if (!reason.empty()) record.reason = std::move(reason);
  }
}

bool shows_confirmed(const TargetBoard& target) {
  const bool blind = !target.rounds.empty() && target.verdict.status == Status::insufficient;
  return target.state.confirmed.status != Status::insufficient && !blind;
}

}  // namespace

void set_targets(Board& board, const Config& config) {
  ++board.plans;
  board.vantage = config.vantage;
  set_plan(board.targets, targets_of(config));
  std::vector<SharedTarget> controls(config.controls.domestic.begin(),
                                     config.controls.domestic.end());
  controls.insert(controls.end(), config.controls.foreign.begin(), config.controls.foreign.end());
  set_plan(board.controls, std::move(controls));
}

Condition shown(const TargetBoard& target) {
  if (shows_confirmed(target)) return target.state.confirmed;
  return {target.verdict.status, target.verdict.kinds};
}

Status shown_status(const TargetBoard& target) {
  return shows_confirmed(target) ? target.state.confirmed.status : target.verdict.status;
}

std::optional<WallTime> shown_since(const TargetBoard& target) {
  return shows_confirmed(target) ? target.state.since : target.since;
}

void record(TargetBoard& target, std::shared_ptr<const Measurement> measurement, Verdict verdict,
            WallTime now) {
  if (!target.since || verdict.status != target.verdict.status) target.since = now;
  const bool full = target.target->detail == Detail::full;
  const std::size_t most = full ? TargetBoard::kRounds : TargetBoard::kCompactRounds;
  if (target.rounds.size() >= most) target.rounds.resize(most - 1);
  target.rounds.reserve(target.rounds.size() + 1);  // by itself it would take twice the room
  RoundRecord record{measurement->began, measurement->runtime, {}, {}, measurement->round};
  tell_outcome(record, target.rounds, verdict, reason_of(*measurement));
  target.rounds.insert(target.rounds.begin(), std::move(record));
  target.timeline.add(measurement->began, verdict.status, latency_of(phases_of(*measurement)));
  if (verdict.status != Status::ok) {
    target.last_failed = measurement;
    target.failed_verdict = verdict;
  } else if (target.last_failed && std::ranges::all_of(target.rounds, is_ok)) {
    target.last_failed = nullptr;
    target.failed_verdict = {};
  }
  target.last = std::move(measurement);
  target.verdict = std::move(verdict);
}

std::string reason_of(const Measurement& measurement) {
  const auto failed = failed_steps(measurement);
  if (failed.empty()) return {};
  // The connection tells more than a question: without one the first failed question does.
  const auto& steps = measurement.observations;
  auto told = failed.front();
  for (const std::size_t index : failed) {
    if (steps[index].stage != Stage::dns) {
      told = index;
      break;
    }
  }
  const Observation& step = steps[told];
  return std::string(to_string(step.stage)) + ": " + to_string(*step.failure) + " at " +
         to_string(step.peer);
}

}  // namespace reachd
