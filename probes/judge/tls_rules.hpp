// Rules for connections that failed in the TLS handshake.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Connection>> tls_rules();

}  // namespace reachd
