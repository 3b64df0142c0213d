#include "daemon/recurrence.hpp"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd {
namespace asio = boost::asio;

Recurrence::Recurrence(asio::any_io_executor loop)
    : loop_(std::move(loop)), timer_(loop_), ended_(loop_, asio::steady_timer::time_point::max()) {}

void Recurrence::start(std::function<asio::awaitable<void>()> turns) {
  turning_ = true;
  asio::co_spawn(loop_, std::move(turns), [this](std::exception_ptr error) {
    turning_ = false;
    ended_.cancel();
    if (error) std::rethrow_exception(error);
  });
}

asio::awaitable<void> Recurrence::stop() {
  stopping_ = true;
  timer_.cancel();
  boost::system::error_code cancelled;
  if (turning_) co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> Recurrence::pause(std::chrono::milliseconds time) {
  boost::system::error_code cancelled;
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace reachd
