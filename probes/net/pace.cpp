#include "probes/net/pace.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/elsewhere.hpp"

namespace reachd::net {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kSweepFrom = 256;        // entries: fewer are not worth a walk
constexpr std::size_t kMostAddresses = 65536;  // beyond, an address without an entry is not held

using Seconds = std::chrono::duration<double>;

// Books one turn on the line whose next free place is `next`: the generic cell rate algorithm. Up
// to one second's worth of turns may be taken at once after a pause.
Pace::Clock::time_point take(Pace::Clock::time_point& next, Rate rate,
                             Pace::Clock::time_point now) {
  const double per_second = rate.per_second();
  if (!(per_second > 0)) return now;
  const Seconds step(1 / per_second);
  const Seconds slack = step * (std::max(1.0, per_second) - 1);
  const auto at = std::max(now, next - std::chrono::ceil<Pace::Clock::duration>(slack));
  next = std::max(next, now) + std::chrono::ceil<Pace::Clock::duration>(step);
  return at;
}

}  // namespace

Pace::Pace(asio::any_io_executor executor, Rate total, Rate per_address)
    : executor_(std::move(executor)), total_(total), per_address_(per_address) {}

void Pace::set_rates(Rate total, Rate per_address) {
  total_ = total;
  per_address_ = per_address;
}

// Each rate keeps its own line: a crowded address delays nobody but itself.
Pace::Clock::time_point Pace::book(const std::string& address, Clock::time_point now) {
  const Clock::time_point all = take(total_at_, total_, now);
  auto found = address_at_.find(address);
  if (found == address_at_.end()) {
    if (address_at_.size() >= sweep_at_) {
      std::erase_if(address_at_, [now](const auto& entry) { return entry.second <= now; });
      sweep_at_ = std::max(kSweepFrom, 2 * address_at_.size());
    }
    if (address_at_.size() >= kMostAddresses) return all;
    found = address_at_.emplace(address, Clock::time_point{}).first;
  }
  return std::max(all, take(found->second, per_address_, now));
}

asio::awaitable<Pace::Clock::time_point> Pace::book_here(std::string address) {
  co_return book(address, Clock::now());
}

asio::awaitable<void> Pace::turn(std::string address) {
  const asio::any_io_executor loop = co_await asio::this_coro::executor;
  const Clock::time_point at = loop == executor_
                                   ? book(address, Clock::now())
                                   : co_await elsewhere(executor_, book_here(std::move(address)));
  if (at <= Clock::now()) co_return;
  asio::steady_timer timer(loop, at);
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace reachd::net
