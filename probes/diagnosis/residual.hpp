// Remembers which addresses and ports a censor may still be punishing: after a hit the GFW resets
// whatever goes there for 180 s, others for 60 s and anew with each hit. An innocent name that
// fails within that time proves nothing, and must not be tried. Bookkeeping only; the time comes
// in.
#pragma once

#include <chrono>
#include <map>

#include "probes/measurement.hpp"
#include "probes/observation.hpp"

namespace reachd {

class Residual {
 public:
  static constexpr std::size_t kMost = 65'536;  // endpoints; beyond, the oldest are forgotten

  explicit Residual(std::chrono::milliseconds window) : window_(window) {}
  void set_window(std::chrono::milliseconds window) { window_ = window; }

  bool is_clear(const Endpoint& endpoint, Clock::time_point now) const;
  // When it will be clear if nothing more happens; `now` if it is.
  Clock::time_point clear_at(const Endpoint& endpoint, Clock::time_point now) const;

  // Marks the observations of connections that began within the window of an earlier hit, then
  // takes note of theirs: a connection that failed once the target's name was said is a hit, one
  // that came through ends the suspicion. `start` is when the measurement began.
  void note(std::vector<Observation>& observations, Clock::time_point start);

  std::size_t size() const { return hits_.size(); }

 private:
  void hit(const Endpoint& endpoint, Clock::time_point at);

  std::chrono::milliseconds window_;
  std::map<Endpoint, Clock::time_point> hits_;  // the last of each
};

}  // namespace reachd
