#include "daemon/helper/allowance.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace reachd::helper {
namespace {

constexpr double kSavedSeconds = 10;

double depth_of(Rate rate) {
  return std::max(1.0, rate.per_second() * kSavedSeconds);
}

}  // namespace

Allowance::Allowance(Rate total, Rate per_client)
    : total_rate_(total), client_rate_(per_client), total_{depth_of(total), {}} {}

double Allowance::turns_at(const Bucket& bucket, Rate rate, Clock::time_point now) {
  const std::chrono::duration<double> passed = std::max(now, bucket.at) - bucket.at;
  return std::min(depth_of(rate), bucket.turns + passed.count() * rate.per_second());
}

bool Allowance::take(const std::string& client, Clock::time_point now) {
  auto found = buckets_.find(client);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kMostClients) {
      std::erase_if(buckets_, [&](const auto& entry) {
        return turns_at(entry.second, client_rate_, now) >= depth_of(client_rate_);
      });
      if (buckets_.size() >= kMostClients) return false;
    }
    found = buckets_.emplace(client, Bucket{depth_of(client_rate_), now}).first;
  }
  const double own = turns_at(found->second, client_rate_, now);
  const double all = turns_at(total_, total_rate_, now);
  const bool taken = own >= 1 && all >= 1;
  found->second = {own - (taken ? 1 : 0), now};
  total_ = {all - (taken ? 1 : 0), now};
  return taken;
}

std::string client_of(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &bytes.s6_addr[12], text.data(), text.size());
    return text.data();
  }
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace reachd::helper
