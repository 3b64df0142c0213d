// What a line holds besides observations: the helper's report, the controls, the past, the
// fingerprints. Reading costs the line's budget like everything else in it.
#pragma once

#include <boost/json/object.hpp>

#include "probes/measurement.hpp"
#include "probes/read_observation.hpp"

namespace reachd {

// From OONI's `control`: nothing where it is null. An endpoint or address that is none is left out.
std::optional<HelperReport> read_helper(const boost::json::object& keys, Budget& budget);

// The answer of a helper by itself, as the protocol has it.
HelperReport read_helper_report(const boost::json::object& control, Budget& budget);

// From x_reachd; needs the observations to be in place.
void read_knowledge(const boost::json::object& ours, Measurement& measurement, Budget& budget);

}  // namespace reachd
