// Why a connection beside the ladder was made and which name it carried, in words for people. It
// says what was done, never what follows from it.
#pragma once

#include <string>

#include "probes/measurement.hpp"

namespace reachd {

// "example.org on the same address"; empty for the ladder's own steps and for questions.
std::string aside_of(const Measurement& measurement, const Observation& step);

}  // namespace reachd
