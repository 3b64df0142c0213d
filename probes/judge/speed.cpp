#include "probes/judge/speed.hpp"

#include <algorithm>

namespace reachd {
namespace {

// 512 kbit/s; throttles that were measured let 130 to 150 kbit/s through (science 1.4).
constexpr double kSuspicious = 64'000;
// Of a body that broke off: a freeze comes after 14 kB of a connection (science 1.2), of which a
// handshake may be the half.
constexpr std::size_t kSome = 4096;

bool is_targets(Purpose purpose) {
  return purpose == Purpose::ladder || purpose == Purpose::large_object;
}

}  // namespace

double speed_of(const HttpSeen& seen) {
  const Micros took = seen.transfer - seen.stalled;
  if (seen.body_length < kTellingBody || took <= Micros(0)) return 0;
  return static_cast<double>(seen.body_length) / std::chrono::duration<double>(took).count();
}

bool is_worth_weighing(const Observation& step) {
  const auto* seen = std::get_if<HttpSeen>(&step.seen);
  if (seen == nullptr || !is_targets(step.purpose) || step.depth != 0) return false;
  if (step.failure) {
    const bool large = step.purpose == Purpose::large_object || seen->body_length >= kSome;
    return !is_ours(*step.failure) && large;
  }
  const double speed = speed_of(*seen);
  return speed > 0 && speed < kSuspicious;
}

bool is_worth_weighing(const Measurement& measurement) {
  return std::ranges::any_of(measurement.observations,
                             [](const Observation& step) { return is_worth_weighing(step); });
}

bool was_slow(const Past& past) {
  return std::ranges::any_of(past.rounds, [](const PastRound& round) {
    return std::ranges::any_of(round.outcome->kinds, [](const std::string& kind) {
      return kind == "tcp.freeze" || kind == "tls.throttle.sni" || kind.starts_with("throttle.");
    });
  });
}

}  // namespace reachd
