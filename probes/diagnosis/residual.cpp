#include "probes/diagnosis/residual.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace reachd {
namespace {

bool is_connections(const Observation& step) {
  return step.stage != Stage::dns;
}

// Said the target's name, or would have.
bool is_telling(const Observation& step) {
  switch (step.purpose) {
    case Purpose::ladder:
    case Purpose::tls_only:
    case Purpose::retry:
    case Purpose::ttl_limited:
    case Purpose::plain_tcp:
    case Purpose::bare_path:
    case Purpose::large_object:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Residual::is_clear(const Endpoint& endpoint, Clock::time_point now) const {
  return clear_at(endpoint, now) <= now;
}

Clock::time_point Residual::clear_at(const Endpoint& endpoint, Clock::time_point now) const {
  const auto found = hits_.find(endpoint);
  return found == hits_.end() ? now : std::max(now, found->second + window_);
}

void Residual::hit(const Endpoint& endpoint, Clock::time_point at) {
  if (hits_.size() >= kMost) {
    std::erase_if(hits_, [&](const auto& entry) { return entry.second + window_ <= at; });
    if (hits_.size() >= kMost) {
      hits_.erase(
          std::ranges::min_element(hits_, {}, [](const auto& entry) { return entry.second; }));
    }
  }
  Clock::time_point& last = hits_[endpoint];
  last = std::max(last, at);
}

void Residual::note(std::vector<Observation>& observations, Clock::time_point start) {
  // Connections in order of their beginning; the steps of one share a transaction.
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (observations[i].stage == Stage::tcp) first.push_back(i);
  }
  std::ranges::sort(first, {}, [&](std::size_t i) { return std::pair(observations[i].began, i); });
  for (const std::size_t index : first) {
    const Endpoint peer = observations[index].peer;
    const int transaction = observations[index].transaction;
    const bool clear = is_clear(peer, start + observations[index].began);
    bool spoke = false;
    const Observation* failed = nullptr;
    for (Observation& step : observations) {
      if (!is_connections(step) || step.transaction != transaction) continue;
      if (!clear) step.residual = true;
      if (step.stage == Stage::tcp || !is_telling(step)) continue;
      spoke = true;
      if (step.failure && !is_ours(*step.failure)) failed = &step;
    }
    if (failed != nullptr) {
      hit(peer, start + failed->began + failed->took);
    } else if (spoke) {
      hits_.erase(peer);
    }
  }
}

}  // namespace reachd
