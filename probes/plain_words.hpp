// Failures as a person would tell them, with OONI's word behind: "reset by someone after our
// ClientHello (connection_reset)". Says what happened, never who did it.
#pragma once

#include <string>

#include "probes/observation.hpp"

namespace reachd {

// The step must have failed. Escaped, one line.
std::string plain_words(const Observation& failed);

// Of a failure without its step, such as that of one DNS reply.
std::string plain_words(const Failure& failure);

}  // namespace reachd
