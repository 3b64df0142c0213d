// Where one coroutine waits for a word from somebody else on its loop, until a deadline: a timer
// that the word cuts short.
#pragma once

#include <chrono>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd::net {

enum class Ended { told, late, cancelled };

class Waiter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  explicit Waiter(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  // Ends the wait, or the next one if nobody waits. Never goes on from inside the call.
  void tell() {
    told_ = true;
    timer_.cancel();
  }

  // Forgets the word that it returns with. A word counts even where the deadline is over.
  boost::asio::awaitable<Ended> until(Clock::time_point deadline) {
    namespace asio = boost::asio;
    if (!told_) {
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) co_return Ended::cancelled;
      boost::system::error_code cut_short;
      timer_.expires_at(deadline);
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cut_short));
      if (!told_) co_return cut_short ? Ended::cancelled : Ended::late;
    }
    told_ = false;
    co_return Ended::told;
  }

 private:
  boost::asio::steady_timer timer_;
  bool told_ = false;
};

}  // namespace reachd::net
