// Holds new connections to the configured rates: all together, and to one address. Waiting here is
// not part of any measured time. One per daemon, kept by its first loop's thread.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "config/units.hpp"

namespace reachd::net {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  Pace(boost::asio::any_io_executor executor, Rate total, Rate per_address);

  // Completes when a connection to `address` may begin. First come, first served per rate; the wait
  // ends early, without a turn taken back, when the coroutine is cancelled. May be awaited on
  // another loop too: that asks the first one.
  boost::asio::awaitable<void> turn(std::string address);

  void set_rates(Rate total, Rate per_address);

  // When a connection to `address` may begin if asked at `now`; books that turn. Pure bookkeeping:
  // the generic cell rate algorithm with a burst of one second's worth (at least one).
  Clock::time_point book(const std::string& address, Clock::time_point now);

  std::size_t addresses() const { return address_at_.size(); }  // that are held now; bounded

 private:
  boost::asio::awaitable<Clock::time_point> book_here(std::string address);

  boost::asio::any_io_executor executor_;
  Rate total_;
  Rate per_address_;
  Clock::time_point total_at_{};
  std::unordered_map<std::string, Clock::time_point> address_at_;  // swept of what is in the past
  std::size_t sweep_at_ = 256;  // entries at which the next sweep is due
};

}  // namespace reachd::net
