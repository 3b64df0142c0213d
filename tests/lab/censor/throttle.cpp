#include "tests/lab/censor/throttle.hpp"

#include <algorithm>

namespace censor {

std::optional<Time::duration> Bucket::pass(const Throttle& throttle, std::size_t size, Time now) {
  using Seconds = std::chrono::duration<double>;
  if (filled_) {
    const double passed = std::max(Seconds(now - *filled_).count(), 0.0);
    tokens_ = std::min(throttle.burst, tokens_ + passed * throttle.bytes_per_second);
    filled_ = std::max(*filled_, now);
  } else {
    tokens_ = throttle.burst;
    filled_ = now;
  }
  const double left = tokens_ - static_cast<double>(size);
  const double least = throttle.mode == Throttle::Mode::policer ? 0.0 : -throttle.queue;
  if (left < least) {
    return std::nullopt;
  }
  tokens_ = left;
  return left >= 0 ? Time::duration(0)
                   : std::chrono::duration_cast<Time::duration>(
                         Seconds(-left / throttle.bytes_per_second));
}

}  // namespace censor
