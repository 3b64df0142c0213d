// Rules for answers that came, but slowly: against the target's own history and paired controls.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Connection>> speed_rules();

}  // namespace reachd
