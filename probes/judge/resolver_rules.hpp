// Rules for the resolvers that the ladder asked beside the one it leaned on: a way of asking can be
// blocked while the target can be reached. They never speak of the answer, only of the way to it.
#pragma once

#include <span>

#include "probes/judge/finding.hpp"

namespace reachd {

std::span<const Rule<Lookup>> resolver_rules();

// "dns.encrypted.doh.reset": how a question over an encrypted way failed before anybody could
// answer it. Empty where it was answered, be it with a failure, where it was not encrypted, and
// where the failure does not tell.
std::string encrypted_kind(const Facts& facts, const Lookup& lookup);

}  // namespace reachd
