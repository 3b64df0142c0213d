// Where on the way it dies: each way that a round tried, as a line from here to where it ended. A
// table, so that it is read aloud as well as seen.
#pragma once

#include <string>

#include "probes/measurement.hpp"

namespace reachd::web {

std::string path_picture(const Measurement& measurement);

}  // namespace reachd::web
