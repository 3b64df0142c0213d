// What the tracker says of a target: the condition that is confirmed, and the passage from one to
// the next. Plain values that the store keeps and the notifier tells. Must never hold anything that
// cannot be written down and read back.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/when.hpp"
#include "probes/judge/verdict.hpp"

namespace reachd {

// What holds until something else is confirmed. A target of which nothing is confirmed yet is
// `insufficient`.
struct Condition {
  Status status = Status::insufficient;
  std::vector<std::string> kinds;  // sorted; may be a common ancestor such as "tls"; may be empty
  bool operator==(const Condition&) const = default;
};

// The change happened between two rounds: nobody was looking in between.
struct Onset {
  WallTime after;   // the last round that was as before; the epoch: none is known
  WallTime before;  // the first round that was as after
  bool operator==(const Onset&) const = default;
};

// settled: nothing was known, now it is ok. trouble: it was ok or unknown, now it is not.
// recovery: it is ok again. method: still not ok, but in another way, and nobody saw it ok in
// between. refined: the same condition, better known (likely_blocked becomes blocked, a kind joins
// or leaves): no news of its own.
enum class Passage : std::uint8_t { settled, trouble, recovery, method, refined };
inline constexpr std::array kPassages{Passage::settled, Passage::trouble, Passage::recovery,
                                      Passage::method, Passage::refined};
std::string_view to_string(Passage passage);

// A confirmed passage. `reason` is of the round that decided, in one printable line for people.
struct Change {
  Passage passage = Passage::settled;
  Condition from;
  Condition to;
  Onset onset;
  WallTime confirmed;
  std::string rule;       // of the round that decided
  std::string reason;     // left empty by the tracker, which knows no words
  bool flapping = false;  // the target has come and gone several times of late
  bool operator==(const Change&) const = default;
};

}  // namespace reachd
