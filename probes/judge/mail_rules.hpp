// Rules for connections that talked to a mail server.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Connection>> mail_rules();

}  // namespace reachd
