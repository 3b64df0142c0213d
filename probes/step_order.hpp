// The order in which people read the steps of a round: one place for the ladder in a terminal and
// on a page.
#pragma once

#include <cstddef>
#include <vector>

#include "probes/measurement.hpp"

namespace reachd {

// Indices of all observations: each question by itself, the steps of one connection together where
// its first one stands.
std::vector<std::vector<std::size_t>> steps_by_connection(const Measurement& measurement);

}  // namespace reachd
