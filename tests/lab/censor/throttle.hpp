// A token bucket: as a policer it drops what exceeds the rate, as a shaper it makes it wait.
#pragma once

#include <cstdint>
#include <optional>

#include "tests/lab/censor/due.hpp"

namespace censor {

struct Throttle {
  enum class Mode : std::uint8_t { policer, shaper };

  double bytes_per_second = 0;
  double burst = 8192;  // bytes; a full packet at least
  Mode mode = Mode::policer;
  bool per_flow = true;  // else one bucket for all of the rule
  bool out = true;
  bool in = true;
  double queue = 65536;  // bytes that may wait behind a shaper
};

class Bucket {
 public:
  // How long a packet of `size` bytes must wait; nothing if it is dropped. Starts full.
  std::optional<Time::duration> pass(const Throttle& throttle, std::size_t size, Time now);

 private:
  std::optional<Time> filled_;
  double tokens_ = 0;  // bytes; below zero: what waits
};

}  // namespace censor
