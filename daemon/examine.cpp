#include "daemon/examine.hpp"

#include <memory>
#include <utility>

#include "daemon/log.hpp"
#include "probes/judge/vantage.hpp"
#include "probes/ladder.hpp"
#include "probes/measurement_json.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

// After this many bad rounds in a row nothing is gained by asking at the full rate.
constexpr std::size_t kSteadyRounds = 4;

// A line when a target's status changes: that is worth one; every round is worth one to a debugger.
void tell(const TargetBoard& entry, Status before, bool first) {
  const RoundRecord& round = entry.rounds.front();
  const bool changed = first || round.outcome->status != before;
  if (!changed && !log::is_told(log::Level::debug)) return;
  log::write(changed ? log::Level::info : log::Level::debug, changed ? "status" : "round",
             {{"target", id_of(entry.target)},
              {"status", std::string(to_string(round.outcome->status))},
              {"rule", round.outcome->rule},
              {"round", std::string(to_string(round.round))},
              {"reason", *round.reason}});
}

// What an earlier diagnosis had to put off comes before the ladder, where all is quiet by now.
void begin_with(Parts& parts, const std::string& id, Climb& how) {
  const auto found = parts.postponed.find(id);
  if (found == parts.postponed.end()) return;
  how.innocent = parts.config.controls.innocent;
  for (const Endpoint& endpoint : found->second.endpoints) {
    if (!parts.instruments.residual.is_clear(endpoint, Clock::now())) continue;
    how.innocent_first.push_back(endpoint);
  }
  if (!how.innocent_first.empty()) parts.postponed.erase(found);
}

// Where the last round met silence, if it went wrong.
std::vector<Endpoint> silent_places(const TargetBoard& entry) {
  std::vector<Endpoint> places;
  if (entry.rounds.empty() || entry.verdict.status == Status::ok || !entry.last_failed)
    return places;
  for (const std::size_t index : failed_steps(*entry.last_failed)) {
    const Observation& step = entry.last_failed->observations[index];
    if (step.stage == Stage::tcp && step.depth == 0) places.push_back(step.peer);
  }
  return places;
}

// Puts the round on the board, with as much of it as is kept until the next.
std::shared_ptr<const Measurement> put(TargetBoard& entry, Look& look) {
  drop_bodies(look.measurement, look.verdict);
  auto measurement = std::make_shared<const Measurement>(std::move(look.measurement));
  record(entry, measurement, look.verdict, std::chrono::system_clock::now());
  return measurement;
}

Scheduler::Next file_control(Parts& parts, TargetBoard& entry, Look& look) {
  const bool first = entry.rounds.empty();
  const Status before = entry.verdict.status;
  const auto measurement = put(entry, look);
  const bool ok = look.verdict.status == Status::ok;
  parts.metrics.observe_control(id_of(entry.target), ok);
  const auto controls = parts.instruments.witnesses.latest(Clock::now());
  parts.ledger.file(entry.target, ok, measurement->began, judge_vantage(controls));
  tell(entry, before, first);
  return next_look(entry.rounds);
}

Scheduler::Next file(Parts& parts, TargetBoard& entry, Look& look) {
  const std::string id = id_of(entry.target);
  const bool first = entry.rounds.empty();
  const Status before = entry.verdict.status;
  const auto measurement = put(entry, look);
  entry.memory.learn(*measurement, look.verdict);
  const bool suspicious = parts.ledger.file(entry, measurement, look.verdict);
  tell(entry, before, first);
  const bool wants_quiet = look.postponed.has_value();
  if (look.verdict.status == Status::ok) parts.postponed.erase(id);
  if (look.postponed) parts.postponed[id] = std::move(*look.postponed);
  return next_look(entry.rounds, suspicious, wants_quiet);
}

}  // namespace

Scheduler::Next next_look(const Rounds& rounds, bool suspicious, bool wants_quiet) {
  std::size_t bad = 0;
  while (bad < rounds.size() && rounds[bad].outcome->status != Status::ok) ++bad;
  if (rounds.empty() || rounds.front().outcome->status == Status::insufficient) {
    return Scheduler::Next::normal;
  }
  if (wants_quiet && bad > 1) return Scheduler::Next::quiet;
  if (bad == 1 || suspicious) return Scheduler::Next::confirm;
  if (bad == 0) return Scheduler::Next::normal;
  return bad < kSteadyRounds ? Scheduler::Next::normal : Scheduler::Next::backoff;
}

asio::awaitable<Scheduler::Next> examine(Parts& parts, Scheduler::Assignment assignment,
                                         Scheduler::Yield yield) {
  const SharedTarget target = std::move(assignment.target);
  const std::string id = id_of(target);
  Climb how{parts.config.vantage, parts.config.body_limit, assignment.round, assignment.turn};
  how.only_listens = std::move(yield);
  auto [entry, control] = parts.index.find(parts.board, id);
  if (entry == nullptr) co_return Scheduler::Next::normal;

  const std::uint64_t plan = parts.board.plans;
  std::unique_ptr<Look> look;
  if (control) {
    look = co_await look_at_control(parts.instruments, target, std::move(how));
  } else {
    begin_with(parts, id, how);
    how.again = silent_places(*entry);
    if (entry->last) how.ask_again = unanswering_resolvers(*entry->last);
    look =
        co_await look_at(parts.instruments, target, std::move(how),
                         entry->memory.past(entry->rounds, std::chrono::system_clock::now()), true);
  }
  if (parts.board.plans != plan) {
    entry = parts.index.find(parts.board, id).entry;
    if (entry == nullptr) co_return Scheduler::Next::normal;  // gone while it was measured
  }
  co_return control ? file_control(parts, *entry, *look) : file(parts, *entry, *look);
}

}  // namespace reachd
