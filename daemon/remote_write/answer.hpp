// What a receiver's answer means for what was sent, and when to try again. Pure.
// https://prometheus.io/docs/specs/prw/remote_write_spec/#retries-backoff
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "daemon/post.hpp"

namespace reachd::remote_write {

enum class Outcome : std::uint8_t {
  taken,    // 2xx
  again,    // no answer, 5xx, 429: to be sent again
  refused,  // anything else: it would be refused again
};
Outcome outcome_of(const Posted& posted);

// Doubled pauses, each shortened by up to a half by chance, so that a fleet does not come back all
// at once.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{1000};
  static constexpr std::chrono::milliseconds kLongest{30'000};
  static constexpr std::chrono::minutes kMostAsked{5};  // of a Retry-After that is believed

  // How long to wait after a failure. `asked`: by the receiver, at least; `chance` in [0, 1).
  std::chrono::milliseconds next(std::optional<std::chrono::seconds> asked, double chance);
  void reset() { pause_ = kFirst; }

 private:
  std::chrono::milliseconds pause_ = kFirst;
};

}  // namespace reachd::remote_write
