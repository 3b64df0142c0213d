// The events that are remembered, newest last, and the rule by which a change joins one of them or
// begins its own. Pure: the times come in with the changes.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/events/event.hpp"

namespace reachd {

class Chronicle {
 public:
  static constexpr std::size_t kKept = 1000;  // the older ones are the store's

  Chronicle() = default;
  // Goes on from what was stored, in any order; `last` is the highest id ever used.
  Chronicle(std::vector<Event> stored, std::uint64_t last);

  // Files a confirmed change that is news. It joins an event of the same subject and direction
  // whose onset is within two intervals of its own and that shares a kind of trouble or the
  // service: one rule of a censor is one event, however many targets it hits. A target is a member
  // of an event once. Returns the ids of all events that are new or other than before; the one that
  // holds the change is the first.
  std::vector<std::uint64_t> file(Subject subject, Member member,
                                  std::chrono::milliseconds interval);

  // The condition that it was filed with is known better now; its event says so from here on.
  // Returns the event's id; nothing if there is none that is kept.
  std::optional<std::uint64_t> refine(Subject subject, const std::string& target,
                                      const Change& change);

  // Other targets than these are gone, or new: what they were in is over for them as of `now`.
  // Returns the ids of the events that ended with that.
  std::vector<std::uint64_t> keep_only(const std::set<std::string>& targets, WallTime now);

  const Event* find(std::uint64_t id) const;  // null: not kept
  // The latest event of a target (of the vantage: ""); null: none is kept.
  const Event* current(Subject subject, const std::string& target) const;
  // Those that opened or ended at `since` or later, oldest first, at most `limit`, the newest ones.
  std::vector<Event> since(WallTime since, std::size_t limit) const;
  const std::deque<Event>& all() const { return events_; }  // oldest first

 private:
  Event* match(Subject subject, const Member& member, std::chrono::milliseconds interval);
  void leave(Subject subject, const std::string& target, WallTime now,
             std::vector<std::uint64_t>& touched);

  std::deque<Event> events_;
  // The latest event of each target: what it is in now.
  std::map<std::pair<Subject, std::string>, std::uint64_t> current_;
  std::uint64_t last_ = 0;
};

}  // namespace reachd
