// What the fingerprints that were recognised in a step amount to.
#pragma once

#include "probes/judge/facts.hpp"

namespace reachd {

// certain: a block page that is known, where it is expected. likely: known, but we do not know
// where we are. none: nothing known, a vague pattern, or one that is known to mislead (`fp`).
enum class KnownPage : std::uint8_t { none, likely, certain };
KnownPage known_page(const Facts& facts, int step);

}  // namespace reachd
