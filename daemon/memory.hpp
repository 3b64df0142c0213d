// What the daemon remembers of a target for judging its next rounds: the certificates that proved
// themselves, and how fast it used to be. Bounded; in memory only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/round_record.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"
#include "probes/past.hpp"

namespace reachd {

class Memory {
 public:
  static constexpr std::size_t kCertificates = 8;  // distinct ones, newest first
  static constexpr std::size_t kSpeeds = 512;      // samples of the last seven days

  // So long a valid certificate of an authority that never signed for the target is told; from then
  // on it is the target's. Time enough for a person to look; sites do change their authority.
  static constexpr std::chrono::hours kNewIssuer{24};

  // Learns from a finished round: certificates from those that are ok, or that have no fault but a
  // new issuer that has settled.
  void learn(const Measurement& measurement, const Verdict& verdict);

  // As the judge takes it, for a round that begins at `now`; `rounds` newest first.
  Past past(const Rounds& rounds, WallTime now) const;

 private:
  struct Speed {
    WallTime at;
    double bytes_per_second = 0;
  };
  struct Newcomer {
    std::string issuer;
    WallTime since;  // first seen
  };
  bool has_settled(const Certificate& leaf, WallTime now);
  double median(WallTime now, int& samples) const;

  std::vector<std::string> keys_;
  std::vector<std::string> issuers_;
  std::vector<Speed> speeds_;  // oldest first
  int slow_rounds_ = 0;
  Newcomer newcomer_;
};

}  // namespace reachd
