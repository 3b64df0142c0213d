// One round as a page shows it: every step with its place in time, what it saw or what failed.
#pragma once

#include <string>

#include "probes/measurement.hpp"

namespace reachd::web {

std::string waterfall(const Measurement& measurement);  // a table

}  // namespace reachd::web
