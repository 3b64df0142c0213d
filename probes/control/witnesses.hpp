// The controls' latest results, paired in time with the rounds they vouch for: kept from their own
// schedule, and measured anew when a round needs them and they are too old.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "config/config.hpp"
#include "probes/control_result.hpp"
#include "probes/ladder.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

class Witnesses {
 public:
  // A control speaks for what happened at most so long before or after it (science: ±30 s).
  static constexpr std::chrono::seconds kPaired{30};

  explicit Witnesses(boost::asio::any_io_executor executor);

  // Results of controls that are gone are forgotten.
  void set_controls(const ControlSettings& controls);

  // A finished round of a control; `began` on the loop's clock.
  void note(const Measurement& measurement, Clock::time_point began);

  // Those that began within kPaired of `at`, with their distance to it, in order of their names.
  std::vector<ControlResult> near(Clock::time_point at) const;
  // The latest of each, however old, with their distance to `now`.
  std::vector<ControlResult> latest(Clock::time_point now) const;

  // Measures each control that has no result near `at`, one light round, side by side, and notes
  // it. Whoever asks while others wait for the same waits with them.
  boost::asio::awaitable<void> refresh(net::WayOut& way, net::Resolvers& resolvers, Climb climb,
                                       Clock::time_point at);

 private:
  struct Entry {
    Target target;
    ControlResult result;
    Clock::time_point began{};
    bool known = false;
  };
  boost::asio::awaitable<bool> measure(net::WayOut& way, net::Resolvers& resolvers, Climb climb,
                                       Target target);
  std::vector<ControlResult> collect(Clock::time_point at, Clock::duration within) const;

  std::map<std::string, Entry> entries_;
  bool refreshing_ = false;
  boost::asio::steady_timer refreshed_;  // cancelled when a refresh ends
};

}  // namespace reachd
