#include "probes/control/witnesses.hpp"

#include <memory>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/control/summary.hpp"
#include "probes/net/together.hpp"

namespace reachd {
namespace asio = boost::asio;

Witnesses::Witnesses(asio::any_io_executor executor) : refreshed_(std::move(executor)) {
  refreshed_.expires_at(Clock::time_point::max());
}

void Witnesses::set_controls(const ControlSettings& controls) {
  std::map<std::string, Entry> next;
  for (const auto* list : {&controls.domestic, &controls.foreign}) {
    for (const Target& target : *list) {
      if (!target.enabled) continue;
      const std::string id = id_of(target);
      const auto known = entries_.find(id);
      if (known != entries_.end()) next[id] = std::move(known->second);
      next[id].target = target;
    }
  }
  entries_ = std::move(next);
}

void Witnesses::note(const Measurement& measurement, Clock::time_point began) {
  const auto found = entries_.find(measurement.service + "/" + measurement.target);
  if (found == entries_.end() || (found->second.known && found->second.began > began)) return;
  found->second.result = summarize(measurement);
  found->second.began = began;
  found->second.known = true;
}

std::vector<ControlResult> Witnesses::collect(Clock::time_point at, Clock::duration within) const {
  std::vector<ControlResult> results;
  for (const auto& [id, entry] : entries_) {
    if (!entry.known) continue;
    const auto distance = entry.began - at;
    if (distance > within || distance < -within) continue;
    results.push_back(entry.result);
    results.back().at = std::chrono::duration_cast<Micros>(distance);
  }
  return results;
}

std::vector<ControlResult> Witnesses::near(Clock::time_point at) const {
  return collect(at, kPaired);
}

std::vector<ControlResult> Witnesses::latest(Clock::time_point now) const {
  return collect(now, std::chrono::hours(24 * 365));
}

asio::awaitable<bool> Witnesses::measure(net::WayOut& way, net::Resolvers& resolvers, Climb climb,
                                         Target target) {
  const Measurement measurement = co_await reachd::climb(way, resolvers, target, climb);
  note(measurement, Clock::now() - measurement.runtime);
  co_return true;
}

asio::awaitable<void> Witnesses::refresh(net::WayOut& way, net::Resolvers& resolvers, Climb climb,
                                         Clock::time_point at) {
  while (refreshing_) {
    boost::system::error_code cancelled;  // that is how the wait ends
    co_await refreshed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
  }
  climb.round = Round::light;
  climb.innocent_first.clear();
  std::vector<asio::awaitable<bool>> rounds;
  for (const auto& [id, entry] : entries_) {
    const auto distance = entry.began - at;
    if (entry.known && distance <= kPaired && distance >= -kPaired) continue;
    rounds.push_back(measure(way, resolvers, climb, entry.target));
  }
  if (rounds.empty()) co_return;
  refreshing_ = true;
  const std::shared_ptr<void> done(nullptr, [this](void*) {
    refreshing_ = false;
    refreshed_.cancel();
  });
  co_await net::together(way.executor, std::move(rounds));
}

}  // namespace reachd
