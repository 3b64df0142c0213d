// How often each client may still be wrong about a password: five times, and once more every twelve
// seconds. Pure bookkeeping, the time comes in; bounded in memory whoever asks.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace reachd::web {

class Guesses {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kAtOnce = 5;
  static constexpr std::chrono::seconds kOneMore{12};
  static constexpr std::size_t kMostClients = 4096;

  // Takes a guess of the client's: nothing if it may be made, else how long until the next one,
  // in whole seconds. Beyond kMostClients that were wrong lately, newcomers have to wait too.
  std::optional<std::chrono::seconds> take(const std::string& client, Clock::time_point now);

  // Of a guess that was none after all, because it was right or was never looked at.
  void give_back(const std::string& client, Clock::time_point now);

  std::size_t clients() const { return buckets_.size(); }

 private:
  struct Bucket {
    double left = kAtOnce;
    Clock::time_point at;
  };
  static double left_at(const Bucket& bucket, Clock::time_point now);

  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace reachd::web
