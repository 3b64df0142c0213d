// Decides when: each target is due once an interval, spread by a hash of its name, moved by jitter,
// bounded in concurrency, never twice at once, without a burst after a stall. Knows nothing of what
// a round does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "probes/measurement.hpp"

namespace reachd {

class Scheduler {
 public:
  using Clock = std::chrono::steady_clock;

  // What a round says of when the next should be.
  enum class Next : std::uint8_t {
    normal,   // after the interval
    confirm,  // after confirm_after: something went wrong that was fine before
    backoff,  // steadily failing: interval × 2 per failing round, at most 15 min
  };
  struct Assignment {
    Target target;
    Round round = Round::light;
    std::uint64_t turn = 0;  // how many rounds of this target came before
  };
  using Examine = std::function<boost::asio::awaitable<Next>(Assignment)>;

  // Told of what happens, for metrics; called on the loop.
  struct Report {
    std::function<void(std::chrono::duration<double>)> lag;  // start of a round minus its due time
    std::function<void(std::size_t)> in_flight;
    std::function<void()> skipped;  // a whole interval passed before the target's turn came
  };

  Scheduler(boost::asio::any_io_executor executor, Examine examine, Report report);
  ~Scheduler();

  // Replaces the plan. Targets equal to ones already planned keep their due time and their count;
  // a round in flight of a target that is gone is cancelled.
  void set_plan(std::vector<Target> targets, ScheduleSettings settings);

  // Begins no more rounds, cancels those in flight, completes when all have ended.
  boost::asio::awaitable<void> stop();

  std::size_t in_flight() const;
  std::uint64_t finished_rounds() const;
  // When the most overdue target was due; Clock::time_point::max() if none is planned.
  Clock::time_point earliest_due() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The pure part, tested without a loop.

// Share of its interval, in [0, 1), at which a target is due: a stable hash of "service/target".
double phase_of(const Target& target);
// The next due time strictly after `now`, on the grid of the previous one, so that a stall or a
// suspend of many intervals leads to one round, not to a burst. `offset` in [-1, 1] is the jitter.
Scheduler::Clock::time_point next_due(Scheduler::Clock::time_point due, Scheduler::Clock::time_point now,
                                      std::chrono::milliseconds interval, double jitter, double offset);

}  // namespace reachd
