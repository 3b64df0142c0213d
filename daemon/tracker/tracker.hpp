// Rounds are noisy; people are woken by changes. The tracker adds up what rounds say against the
// condition that is confirmed (CUSUM of log-likelihood ratios; Page 1954, Lorden 1971; science 3)
// and confirms another one when enough has come together. Pure: no clock, no I/O. Must never let a
// single round, or one that nobody vouches for, change anything.
#pragma once

#include <optional>

#include "daemon/tracker/detector.hpp"
#include "daemon/tracker/sighting.hpp"
#include "daemon/tracker/state.hpp"

namespace reachd {

struct Tracked {
  State state;
  std::optional<Change> change;
  // The round contradicts what is confirmed and did not suffice to change it: measuring again soon
  // is worth while.
  bool suspicious = false;
  bool operator==(const Tracked&) const = default;
};

Tracked track(const State& state, const Sighting& sighting, const Detector& detector);

}  // namespace reachd
