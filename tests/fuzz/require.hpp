// What must hold of any input, said in a fuzzer: where it does not, libFuzzer keeps the input.
#pragma once

#include <cstdlib>

namespace reachd::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace reachd::fuzz
