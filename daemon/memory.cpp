#include "daemon/memory.hpp"

#include <algorithm>
#include <utility>

#include "probes/judge/speed.hpp"

namespace reachd {
namespace {

constexpr std::size_t kRoundsBack = 16;  // the judge reads no more
constexpr auto kWeek = std::chrono::hours(24 * 7);
constexpr double kSlow = 0.1;      // of the median (science, rule 7: ten times slower)
constexpr int kEnoughSamples = 5;  // before "slow" means anything

void put_first(std::vector<std::string>& list, const std::string& text) {
  if (text.empty()) return;
  std::erase(list, text);
  list.insert(list.begin(), text);
  if (list.size() > Memory::kCertificates) list.resize(Memory::kCertificates);
}

// The fastest of the target's answers; 0 if none was long enough to tell.
double fastest(const Measurement& measurement) {
  double speed = 0;
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<HttpSeen>(&step.seen);
    const bool own = step.purpose == Purpose::ladder || step.purpose == Purpose::large_object;
    if (seen != nullptr && own && !step.failure) speed = std::max(speed, speed_of(*seen));
  }
  return speed;
}

}  // namespace

void Memory::learn(const Measurement& measurement, const Verdict& verdict) {
  const bool suspected = verdict.rule == "tls.mitm.new_issuer";
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<TlsSeen>(&step.seen);
    const bool own = seen != nullptr && step.purpose == Purpose::ladder && step.depth == 0;
    if (!own || step.failure || seen->chain.empty()) continue;
    const Certificate& leaf = seen->chain.front();
    if (verdict.status != Status::ok && !(suspected && has_settled(leaf, measurement.began))) {
      continue;
    }
    put_first(keys_, leaf.key_sha256);
    put_first(issuers_, leaf.issuer);
  }
  const double speed = fastest(measurement);
  if (speed <= 0) return;
  int samples = 0;
  const double usual = median(measurement.began, samples);
  const bool slow = samples >= kEnoughSamples && speed <= usual * kSlow;
  slow_rounds_ = slow ? slow_rounds_ + 1 : 0;
  if (slow) return;  // what it used to be is not learnt from what it has become
  if (speeds_.size() == kSpeeds) speeds_.erase(speeds_.begin());
  speeds_.push_back({measurement.began, speed});
}

bool Memory::has_settled(const Certificate& leaf, WallTime now) {
  if (std::ranges::find(issuers_, leaf.issuer) != issuers_.end()) return true;
  if (newcomer_.issuer != leaf.issuer) newcomer_ = {leaf.issuer, now};
  return now - newcomer_.since >= kNewIssuer;
}

double Memory::median(WallTime now, int& samples) const {
  std::vector<double> speeds;
  for (const Speed& speed : speeds_) {
    if (now - speed.at <= kWeek) speeds.push_back(speed.bytes_per_second);
  }
  samples = static_cast<int>(speeds.size());
  if (speeds.empty()) return 0;
  const auto middle = speeds.begin() + static_cast<std::ptrdiff_t>(speeds.size() / 2);
  std::nth_element(speeds.begin(), middle, speeds.end());
  return *middle;
}

Past Memory::past(const Rounds& rounds, WallTime now) const {
  Past past;
  past.rounds.reserve(std::min(rounds.size(), kRoundsBack));
  for (const RoundRecord& round : rounds) {
    if (past.rounds.size() == kRoundsBack) break;
    const auto ago = std::max(WallTime::duration::zero(), now - round.began);
    past.rounds.push_back({std::chrono::duration_cast<Micros>(ago), round.outcome});
  }
  past.keys = keys_;
  past.issuers = issuers_;
  past.median_bytes_per_second = median(now, past.speed_samples);
  past.slow_rounds = slow_rounds_;
  return past;
}

}  // namespace reachd
