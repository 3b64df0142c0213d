// Decides when: each target is due once an interval, spread by a hash of its name, moved by jitter,
// bounded in concurrency, never twice at once, without a burst after a stall. Knows nothing of what
// a round does but whether it still works or only waits. The rules are in due.hpp and
// timetable.hpp; this turns them with a loop and one timer.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "daemon/due.hpp"
#include "daemon/timetable.hpp"

namespace reachd {

class Scheduler {
 public:
  using Clock = std::chrono::steady_clock;
  using Next = NextRound;
  using Assignment = reachd::Assignment;
  // Gives the round's place to another: it has no more to do than to wait, and then little. While
  // the loop lives it may be called by any thread, more than once, and after the round has ended.
  using Yield = std::function<void()>;
  using Examine = std::function<boost::asio::awaitable<Next>(Assignment, Yield)>;

  // Rounds that have yielded, at most: each has sockets open and some 20 kB. While they are so many
  // nothing begins.
  static constexpr std::size_t kMostWaiting = 4096;

  // Told of what happens, for metrics and the log; called on the loop. Members may be empty.
  struct Report {
    std::function<void(std::chrono::duration<double>)> lag;  // start of a round minus its due time
    std::function<void(std::size_t)> working;  // rounds in flight that have not yielded
    std::function<void()> skipped;  // a due time passed without a round, see Timetable::advance
    // Examine threw; the target's next round is due as usual. Not called for rounds called off.
    std::function<void(std::exception_ptr, const Target&)> failed;
  };

  Scheduler(boost::asio::any_io_executor executor, Examine examine, Report report);
  ~Scheduler();  // calls off what is in flight, as stop() does, but does not wait
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Replaces the plan. Targets equal to ones already planned keep their due time, count and
  // backoff; a round in flight of a target that is gone is cancelled. A target's first round is
  // deep and comes early: all that are new are spread over half a second each, at most over their
  // interval. Starts nothing itself; after stop() nothing starts at all.
  void set_plan(std::vector<SharedTarget> targets, ScheduleSettings settings);

  // Begins no more rounds, cancels those in flight, completes when all have ended.
  boost::asio::awaitable<void> stop();

  std::size_t in_flight() const;          // those that have yielded too
  std::uint64_t finished_rounds() const;  // called-off ones too
  // When the most overdue target was due; Clock::time_point::max() if none is planned or all are in
  // flight.
  Clock::time_point earliest_due() const;
  // When "service/target" is due; Clock::time_point::max() if it is not planned or in flight.
  Clock::time_point due(const std::string& id) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd
