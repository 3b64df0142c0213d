// Ends that nobody waits for to the millisecond fall on a grid: where rounds begin together, their
// deadlines and listening windows would else end microseconds apart, and to wake up for each costs
// as much as what is then done.
#pragma once

#include <chrono>

namespace reachd::net {

inline constexpr std::chrono::milliseconds kGrid{20};

// The first point of the grid that is not before `at`.
inline std::chrono::steady_clock::time_point on_grid(std::chrono::steady_clock::time_point at) {
  const auto past = at.time_since_epoch() % kGrid;
  return past == past.zero() ? at : at + (kGrid - past);
}

}  // namespace reachd::net
