// How often each asker, and all of them together, may ask: a bucket of turns that refills with
// time. Pure bookkeeping, the time comes in; bounded in memory whoever asks.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "config/units.hpp"

namespace reachd::helper {

class Allowance {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMostClients = 16'384;

  Allowance(Rate total, Rate per_client);

  // Takes a turn of the asker's and one of all; false, taking none, if either is used up. Up to ten
  // seconds' worth (at least one turn) may be saved up. Beyond kMostClients with turns spent
  // lately, newcomers are refused.
  bool take(const std::string& client, Clock::time_point now);

  std::size_t clients() const { return buckets_.size(); }

 private:
  struct Bucket {
    double turns = 0;
    Clock::time_point at;
  };
  static double turns_at(const Bucket& bucket, Rate rate, Clock::time_point now);

  Rate total_rate_;
  Rate client_rate_;
  Bucket total_;
  std::unordered_map<std::string, Bucket> buckets_;
};

// The asker an address stands for: itself, for IPv6 its /64, which is one customer's.
std::string client_of(const std::string& address);

}  // namespace reachd::helper
