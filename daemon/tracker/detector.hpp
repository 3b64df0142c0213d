// The thresholds of the tracker, solved for how many false alarms an operator can bear. Pure;
// solved once at start, in milliseconds.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "config/units.hpp"

namespace reachd {

// What no single round may add to a sum, in nats: e^6 to one (science 3). So no round by itself
// changes anything.
inline constexpr double kCap = 6;
inline constexpr double kFast = 0.9;    // P(a round fails | blocked) that the fast detector expects
inline constexpr double kSlow = 0.5;    // … and the slow one, for partial blocks
inline constexpr double kStray = 0.05;  // P(a round fails in another way | blocked in this way)

// For one probability of failing by mere chance.
struct Thresholds {
  double p0 = 0;
  double fast = 0;
  double slow = 0;
  double recovery = 0;
  bool operator==(const Thresholds&) const = default;
};

struct Detector {
  // Those that p0 is rounded up to, least first.
  static constexpr std::array kGrid{0.005, 0.01, 0.015, 0.02, 0.03, 0.05,
                                    0.07,  0.10, 0.15,  0.20, 0.30};
  std::array<Thresholds, kGrid.size()> thresholds{};

  // `p0` above the grid is taken for its end.
  const Thresholds& at(double p0) const;
  bool operator==(const Detector&) const = default;
};

// So that all series together raise no more than `false_alarms`, if each of their rounds fails with
// p0 by itself: both detectors together for the onset, recovery for itself, at a block that nine
// rounds in ten run into. Series and interval of at least one.
Detector solve_detector(const Rate& false_alarms, std::size_t series,
                        std::chrono::milliseconds interval);

}  // namespace reachd
