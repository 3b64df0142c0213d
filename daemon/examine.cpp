#include "daemon/examine.hpp"

#include <memory>
#include <utility>

#include "daemon/log.hpp"
#include "probes/judge/judge.hpp"
#include "probes/ladder.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

// After this many bad rounds in a row nothing is gained by asking at the full rate.
constexpr std::size_t kSteadyRounds = 4;

TargetBoard* find(std::map<std::string, TargetBoard>& boards, const Target& target) {
  const auto found = boards.find(id_of(target));
  return found == boards.end() ? nullptr : &found->second;
}

// A line when a target's status changes: that is worth one; every round is worth one to a debugger.
void tell(const TargetBoard& entry, Status before, bool first) {
  const RoundRecord& round = entry.rounds.front();
  const bool changed = first || round.verdict.status != before;
  log::write(changed ? log::Level::info : log::Level::debug, changed ? "status" : "round",
             {{"target", id_of(entry.target)},
              {"status", std::string(to_string(round.verdict.status))},
              {"rule", round.verdict.rule},
              {"round", std::string(to_string(round.round))},
              {"reason", round.reason}});
}

}  // namespace

Scheduler::Next next_look(const std::deque<RoundRecord>& rounds) {
  std::size_t bad = 0;
  while (bad < rounds.size() && rounds[bad].verdict.status != Status::ok) ++bad;
  if (bad == 0) return Scheduler::Next::normal;
  if (rounds.front().verdict.status == Status::insufficient) return Scheduler::Next::normal;
  if (bad == 1) return Scheduler::Next::confirm;
  return bad < kSteadyRounds ? Scheduler::Next::normal : Scheduler::Next::backoff;
}

asio::awaitable<Scheduler::Next> examine(Parts& parts, Scheduler::Assignment assignment) {
  const Target target = std::move(assignment.target);
  const Climb how{parts.config.vantage, parts.config.body_limit, assignment.round, assignment.turn};

  auto measurement = std::make_shared<Measurement>(
      co_await climb(parts.instruments.way, parts.instruments.resolvers, target, how));
  measurement->unmet = unmet_expectation(*measurement, target.expect);
  Verdict verdict = judge(*measurement);

  TargetBoard* control = find(parts.board.controls, target);
  TargetBoard* entry = control != nullptr ? control : find(parts.board.targets, target);
  if (entry == nullptr) co_return Scheduler::Next::normal;  // gone while it was measured
  const bool first = entry->rounds.empty();
  const Status before = entry->verdict.status;
  record(*entry, measurement, verdict, std::chrono::system_clock::now());
  if (control != nullptr) {
    parts.metrics.observe_control(id_of(target), verdict.status == Status::ok);
  } else {
    parts.metrics.observe(*measurement, verdict);
  }
  tell(*entry, before, first);
  co_return next_look(entry->rounds);
}

}  // namespace reachd
