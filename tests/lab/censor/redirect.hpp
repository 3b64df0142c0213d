// Where redirected conversations really lead, so that answers come back under the old name.
// Bounded.
#pragma once

#include <cstddef>

#include "tests/lab/censor/flow.hpp"

namespace censor {

class Redirections {
 public:
  explicit Redirections(std::size_t capacity = 16384) : originals_(capacity) {}

  // The client's packet goes to `target` instead of where it was going.
  void divert(std::size_t wire, Packet& packet, const Endpoint& target);
  // A packet of a diverted server gets the address and port back that its client knows.
  void restore(std::size_t wire, Packet& packet);

 private:
  LruTable<Tuple, Endpoint> originals_;
};

}  // namespace censor
