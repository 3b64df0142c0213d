#include "daemon/large_pages.hpp"

#include <mimalloc.h>

// Not there under a sanitizer, which brings an allocator of its own.
#pragma weak mi_option_set_enabled_default

namespace reachd {
namespace {

constexpr std::size_t kMany = 4096;

}  // namespace

void size_pages_for(std::size_t targets) {
  if (mi_option_set_enabled_default == nullptr) return;
  mi_option_set_enabled_default(mi_option_large_os_pages, targets >= kMany);
}

}  // namespace reachd
