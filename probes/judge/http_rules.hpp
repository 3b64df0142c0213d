// Rules for connections that were made: what was answered, if anything was.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Connection>> http_rules();

}  // namespace reachd
