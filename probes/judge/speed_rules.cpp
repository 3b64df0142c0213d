#include "probes/judge/speed_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/speed.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

// OONI's dd-007 calls it extreme from ten times on.
constexpr double kExtreme = 10;
constexpr int kRoundsInARow = 5;
constexpr int kSamplesForMedian = 20;
constexpr std::uint32_t kLossyRetransmits = 5;

bool is_slow(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  const Past& past = facts.measurement.past;
  if (seen == nullptr || facts.word(connection.http)) return false;
  const double speed = speed_of(*seen);
  return speed > 0 && past.speed_samples >= kSamplesForMedian &&
         speed * kExtreme <= past.median_bytes_per_second;
}

// How fast the fastest foreign control was about then; 0: none was fast enough to be timed.
double control_speed(const Facts& facts) {
  double fastest = 0;
  for (const ControlResult& control : facts.measurement.controls) {
    if (control.side == Side::foreign && control.ok) {
      fastest = std::max(fastest, control.bytes_per_second);
    }
  }
  return fastest;
}

Finding finding(const Facts& facts, const Connection& connection, Status status) {
  const TcpSeen* tcp = facts.tcp(connection.tcp);
  const bool lossy = tcp != nullptr && tcp->info && tcp->info->retransmits >= kLossyRetransmits;
  return {status,
          {lossy ? "throttle.loss" : "throttle.rate"},
          status == Status::likely_blocked ? Locus::network : Locus::unknown,
          {connection.http},
          {},
          0};
}

Match slow_by_itself(const Facts& facts, const Connection& connection) {
  if (!is_slow(facts, connection)) return {};
  const double speed = speed_of(*facts.http(connection.http));
  if (facts.measurement.past.slow_rounds + 1 < kRoundsInARow) return {};
  if (control_speed(facts) < speed * kExtreme) return {};
  return finding(facts, connection, Status::likely_blocked);
}

Match slow(const Facts& facts, const Connection& connection) {
  if (!is_slow(facts, connection)) return {};
  return finding(facts, connection, Status::impaired);
}

constexpr std::array kRules{
    Rule<Connection>{"throttle.slow_by_itself", "science 4.7",
                     "ten times slower than ever, for rounds, while controls are fast",
                     slow_by_itself},
    Rule<Connection>{"throttle.slow", "science 4.7", "ten times slower than ever", slow},
};

}  // namespace

std::span<const Rule<Connection>> speed_rules() {
  return kRules;
}

}  // namespace reachd
