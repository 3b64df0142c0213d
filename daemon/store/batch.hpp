// What has changed since it was written last: collected, merged, written in one transaction. Of a
// state, an event and an alert only the latest counts, so these are bounded by their number;
// rounds are dropped, oldest first, where too many wait.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "daemon/store/rows.hpp"

namespace reachd::store {

struct Batch {
  static constexpr std::size_t kMostRounds = 20'000;
  static constexpr std::size_t kMostClosedEvents = 10'000;

  std::map<std::string, StateRow> states;                    // by id
  std::map<std::int64_t, EventRow> events;                   // by number
  std::map<std::string, std::optional<std::string>> alerts;  // JSON; nothing: it is dropped
  std::deque<RoundRow> rounds;                               // in the order of their end

  bool empty() const;
  std::size_t size() const;
  bool operator==(const Batch&) const = default;
};

// Puts `newer` over `batch` and keeps the bounds. What had to be dropped (rounds, and the oldest
// closed events) is counted.
std::uint64_t absorb(Batch& batch, Batch&& newer);

}  // namespace reachd::store
