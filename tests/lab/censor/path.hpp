// What a wire is: its name, its two interfaces, and how long the way beyond it takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/lab/censor/address.hpp"
#include "tests/lab/censor/fields.hpp"

namespace censor {

enum class Direction : std::uint8_t { out, in };  // out: away from the vantage

struct PathDelay {
  Prefix prefix;  // of the outside's address
  std::chrono::microseconds one_way{0};
};

struct Path {
  std::string name;
  std::string inside;
  std::string outside;
  std::vector<PathDelay> delays;  // the longest prefix first

  // One way, to or from this address beyond the wire; none if no prefix holds it.
  std::chrono::microseconds delay(const Address& beyond) const;
};

Path read_path(Fields fields);

}  // namespace censor
