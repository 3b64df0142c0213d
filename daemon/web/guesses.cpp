#include "daemon/web/guesses.hpp"

#include <algorithm>
#include <cmath>

namespace reachd::web {

double Guesses::left_at(const Bucket& bucket, Clock::time_point now) {
  const std::chrono::duration<double> passed = std::max(now, bucket.at) - bucket.at;
  return std::min<double>(kAtOnce, bucket.left + passed / kOneMore);
}

std::optional<std::chrono::seconds> Guesses::take(const std::string& client,
                                                  Clock::time_point now) {
  auto found = buckets_.find(client);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kMostClients) {
      std::erase_if(buckets_,
                    [&](const auto& entry) { return left_at(entry.second, now) >= kAtOnce; });
      if (buckets_.size() >= kMostClients) return kOneMore;
    }
    found = buckets_.emplace(client, Bucket{kAtOnce, now}).first;
  }
  const double left = left_at(found->second, now);
  if (left < 1) {
    const auto wait = std::ceil(std::chrono::duration<double>(kOneMore).count() * (1 - left));
    return std::chrono::seconds(std::max(1L, static_cast<long>(wait)));
  }
  found->second = {left - 1, now};
  return std::nullopt;
}

void Guesses::give_back(const std::string& client, Clock::time_point now) {
  const auto found = buckets_.find(client);
  if (found == buckets_.end()) return;
  const double left = left_at(found->second, now) + 1;
  if (left >= kAtOnce) {
    buckets_.erase(found);
  } else {
    found->second = {left, now};
  }
}

}  // namespace reachd::web
