// How the allocator asks the kernel for memory. What many targets hold is spread over more pages of
// 4 KiB than a processor remembers the places of; in pages of 2 MiB a round takes a tenth less.
// They cost what of them is not used, so that a daemon of a few targets stays without.
#pragma once

#include <cstddef>

namespace reachd {

// From now on as it suits so many targets. Nothing changes with another allocator than mimalloc,
// where the kernel gives no such pages (transparent_hugepage: never), or where the environment says
// what is wanted (MIMALLOC_LARGE_OS_PAGES).
void size_pages_for(std::size_t targets);

}  // namespace reachd
