// Something that goes round on the loop until it is told to stop, and whose end can be waited for.
// What it does each time is its owner's.
#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace reachd {

class Recurrence {
 public:
  explicit Recurrence(boost::asio::any_io_executor loop);
  Recurrence(const Recurrence&) = delete;
  Recurrence& operator=(const Recurrence&) = delete;

  // `turns` returns soon after stopping() has become true. What it throws is thrown out of the
  // loop. Once; the owner stays until stop() has completed.
  void start(std::function<boost::asio::awaitable<void>()> turns);
  boost::asio::awaitable<void> stop();  // completes when it has ended, or was never started

  // For the turns: waits, but not beyond hurry() and stop().
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
  void hurry() { timer_.cancel(); }
  bool stopping() const { return stopping_; }

 private:
  boost::asio::any_io_executor loop_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer ended_;  // never expires; cancelled when the turns have ended
  bool turning_ = false;
  bool stopping_ = false;
};

}  // namespace reachd
