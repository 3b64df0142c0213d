// Rules for names: did the resolver that the ladder leaned on tell the truth?
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Lookup>> dns_rules();

}  // namespace reachd
