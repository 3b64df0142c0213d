// What a server that turns us away says by it.
#pragma once

#include <string>

#include "probes/observation.hpp"

namespace reachd {

// "server_side.geoblock" and so on; empty where it does not turn us away. Says nothing of whether
// it is the server that spoke.
std::string server_side_kind(const HttpSeen& seen);

// Whether the answer bears the marks of a content network or its challenge page.
bool bears_edge_marks(const HttpSeen& seen);

}  // namespace reachd
