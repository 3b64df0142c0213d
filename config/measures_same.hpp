// Whether what is known of one target holds for another.
#pragma once

#include "config/target.hpp"

namespace reachd {

// True if both measure the same thing, be it at another pace.
bool measures_same(const Target& a, const Target& b);

}  // namespace reachd
