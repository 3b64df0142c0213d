// What a round of a control comes down to.
#pragma once

#include "probes/control_result.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// `side` by the measurement's service: "control.domestic" or "control.foreign". `at` is left zero.
// Faults of our own are among the failures: they tell of the vantage.
ControlResult summarize(const Measurement& measurement);

}  // namespace reachd
