// What the tracker says of a target or of the vantage: the condition that is confirmed, and the
// passage from one to the next. Plain values that the store keeps and the notifier tells.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "probes/judge/verdict.hpp"

namespace reachd {

using WallTime = std::chrono::system_clock::time_point;

// What holds until something else is confirmed. A target of which nothing is confirmed yet is
// `insufficient`.
struct Condition {
  Status status = Status::insufficient;
  std::vector<std::string> kinds;  // sorted; empty where the status has none
  bool operator==(const Condition&) const = default;
};

// The change happened between two rounds: nobody was looking in between.
struct Onset {
  WallTime after;   // the last round that was as before; the epoch: none is known
  WallTime before;  // the first round that was as after
  bool operator==(const Onset&) const = default;
};

// A confirmed passage. `reason` is of the round that decided, in one printable line for people.
struct Change {
  Condition from;
  Condition to;
  Onset onset;
  WallTime confirmed;
  std::string rule;  // of the round that decided
  std::string reason;
  bool operator==(const Change&) const = default;
};

}  // namespace reachd
