// How fast a target used to be, and whether a value is beyond all of that. Bounded: the first
// rounds are all kept, later ones once an hour in the place of the oldest, so that it spans days.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace reachd {

struct History {
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kEnough = 20;  // fewer say nothing

  std::vector<double> values;                    // oldest first
  std::chrono::system_clock::time_point learnt;  // when the newest came
  bool operator==(const History&) const = default;
};

void learn(History& history, double value, std::chrono::system_clock::time_point at);

// Whether `value` (a logarithm, more is worse) lies beyond all that is known: worse than the worst,
// at least `least` above the median, and six robust standard deviations (1.4826 MAD; Hampel 1974).
// Nothing is beyond a history that is too short. A value like the others is beyond them with a
// chance of at most 1 / (n + 1).
bool is_beyond(const History& history, double value, double least);

}  // namespace reachd
