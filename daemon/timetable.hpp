// Which target's round is next, and when: a queue by due time and the rules of what moves it. Pure:
// the time comes in, nothing waits in here. Every step costs O(log n) of the number of targets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "daemon/due.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// What a round says of when the next should be.
enum class NextRound : std::uint8_t {
  normal,   // after the interval
  confirm,  // after confirm_after: something went wrong that was fine before
  quiet,    // after residual: before, nothing could be learnt that a penalty might not explain
  backoff,  // steadily failing: interval × 2 per failing round, at most 15 min
};

struct Assignment {
  SharedTarget target;
  Round round = Round::light;
  std::uint64_t turn = 0;  // how many rounds of this target came before
};

class Timetable {
 public:
  static constexpr LoopTime kNever = LoopTime::max();

  Timetable();
  ~Timetable();
  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;

  // Replaces the plan. Targets equal to ones already planned keep due time, count and backoff.
  // Returns the ids of rounds under way that are of no planned target any more: they should be
  // called off, and finish() is still to be called for each.
  std::vector<std::string> set_targets(std::vector<SharedTarget> targets,
                                       const ScheduleSettings& settings, LoopTime now);

  // Lets time pass. Returns how many due times went by without a round since the last call: a
  // target that waits a whole interval for its turn has missed one, and so has one whose round
  // outlasts it.
  std::uint64_t advance(LoopTime now);

  // The round of the target that has waited longest since advance(); nullopt if none waits.
  struct Start {
    Assignment assignment;
    LoopSpan lag;  // since it was due
  };
  std::optional<Start> begin(LoopTime now);

  // The round of this target ended. False if its target was taken out or changed meanwhile.
  bool finish(const std::string& id, NextRound next, LoopTime now);

  bool anyone_waits() const { return !waiting_.empty(); }
  LoopTime next_event() const;  // when advance() has something to do; kNever: not before a change
  // The latest event that comes within `span` of that one: who looks then has both.
  LoopTime next_events(LoopSpan span) const;
  LoopTime earliest_due() const;  // of the targets whose round is not under way; kNever if none
  LoopTime due(const std::string& id) const;  // kNever: not planned, or its round is under way

 private:
  struct Entry;
  using Queue = std::set<std::pair<LoopTime, Entry*>>;

  void renew(Entry& entry, const SharedTarget& target, std::size_t newcomers, LoopTime now);
  void enqueue(Entry& entry, LoopTime due);
  void wait_on(Entry& entry, std::int64_t counted, LoopTime now);
  void dequeue(Entry& entry);

  ScheduleSettings settings_;
  std::optional<LoopTime> origin_;  // of all grids: the first plan
  std::uint64_t plans_ = 0;
  std::uint64_t missed_ = 0;  // not yet returned by advance()
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;
  // All that are not under way. Those that are due are few, so that to move one among them is
  // cheap; a look through all the others is paid for once a round.
  Queue upcoming_;  // not due yet, by due time
  Queue waiting_;   // due, by due time
  Queue misses_;    // the same, by when they will have waited one whole period more
};

}  // namespace reachd
