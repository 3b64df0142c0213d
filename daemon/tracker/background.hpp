// How often a round fails by mere chance: as often as those abroad that nobody blocks. Follows each
// foreign control by itself and takes the middle one, as one of them may be blocked or broken. A
// regular value; must never learn while the vantage is not online.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "probes/control_result.hpp"

namespace reachd {

struct Background {
  static constexpr double kLeast = 0.005;  // no line is better than that for long (science 3)
  static constexpr double kMost = 0.3;     // with more nothing can be told at all
  static constexpr double kBefore = 0.02;  // until something is known
  static constexpr std::size_t kControls = 64;

  std::map<std::string, double> failing;  // by control: share of its rounds that failed
  bool operator==(const Background&) const = default;
};

// A finished round of a foreign control. Its latest hundred or so count.
void note(Background& background, const std::string& control, bool ok);

double p0_of(const Background& background);  // within [kLeast, kMost]

// Of one round, given how the controls next to it fared: where one of three abroad fails as well, a
// failure says less, and little where two do (rule of succession, the background weighs as two).
// Controls that fail more often than not say nothing. Never below that of the background.
double p0_of(const Background& background, const std::vector<ControlResult>& near);

}  // namespace reachd
