// Rules for connections that were not made.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Connection>> tcp_rules();

}  // namespace reachd
