// What the shipped thresholds cost and bring: false alarms and delays of the tracker itself, over
// simulated rounds. Prints Markdown; judges nothing. `detector [ROUNDS]`: rounds of each row that
// looks for false alarms.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include <fmt/core.h>

#include "daemon/tracker/background.hpp"
#include "daemon/tracker/run_length.hpp"
#include "daemon/tracker/tracker.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;

constexpr double kRoundsPerYear = 365.0 * 1440;
constexpr int kBlocks = 4000;       // simulated onsets a row
constexpr int kMostDelay = 20'000;  // rounds; what takes longer counts as this
constexpr std::uint64_t kSeed = 20261124;

// Failures by chance. Gilbert–Elliott: bursts of three rounds on average in which most fail, and
// the rest of the failures in between. `gated`: three controls abroad share the bursts; a round is
// vouched for if one of them answers.
enum class Loss : std::uint8_t { independent, bursty, gated };

class Line {
 public:
  static constexpr double kInBurst = 0.7;
  static constexpr double kBurst = 3;
  static constexpr int kControls = 3;
  static constexpr double kOfBursts = 0.5;  // share of the failures that fall into bursts

  Line(Loss loss, double p0, std::uint64_t seed) : loss_(loss), p0_(p0), random_(seed) {
    const double time_in_bursts = p0 * kOfBursts / kInBurst;
    begins_ = time_in_bursts / (kBurst * (1 - time_in_bursts));
    between_ = p0 * (1 - kOfBursts) / (1 - time_in_bursts);
  }

  // A round of a target of which the censor blocks this share of the flows.
  Sighting next(double blocked) {
    Sighting sighting;
    sighting.at = now_ += 60s;
    sighting.p0 = p0_;
    sighting.vouched = true;
    double fails = p0_;
    if (loss_ != Loss::independent) {
      burst_ = burst_ ? !happens(1 / kBurst) : happens(begins_);
      fails = burst_ ? kInBurst : between_;
    }
    if (loss_ == Loss::gated) ask_controls(fails, sighting);
    if (blocked > 0 && happens(blocked)) {
      sighting.status = Status::likely_blocked;
      sighting.kinds = kReset;
    } else if (happens(fails)) {
      sighting.status = Status::impaired;
      sighting.kinds = kTimeout;
    } else {
      sighting.status = Status::ok;
    }
    return sighting;
  }

 private:
  void ask_controls(double fails, Sighting& sighting) {
    for (ControlResult& control : controls_) control.ok = !happens(fails);
    sighting.vouched =
        std::ranges::any_of(controls_, [](const ControlResult& control) { return control.ok; });
    sighting.p0 = p0_of(background_, controls_);
  }
  bool happens(double p) { return uniform_(random_) < p; }

  const std::vector<std::string> kReset{"tls.reset.sni"};
  const std::vector<std::string> kTimeout{"tcp.timeout"};
  Loss loss_;
  double p0_;
  Background background_{{{"", p0_}}};
  std::vector<ControlResult> controls_ = std::vector<ControlResult>(kControls);
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_;
  double begins_ = 0;
  double between_ = 0;
  bool burst_ = false;
  WallTime now_{std::chrono::hours(400'000)};
};

struct FalseAlarms {
  std::int64_t alarms = 0;
  std::int64_t flapping = 0;  // of those: said to be no news
};

FalseAlarms count_false_alarms(Loss loss, double p0, std::int64_t rounds,
                               const Detector& detector) {
  Line line(loss, p0, kSeed);
  State state;
  FalseAlarms counted;
  for (std::int64_t i = 0; i < rounds; ++i) {
    Tracked tracked = track(state, line.next(0), detector);
    state = std::move(tracked.state);
    if (!tracked.change || tracked.change->passage != Passage::trouble) continue;
    ++counted.alarms;
    if (tracked.change->flapping) ++counted.flapping;
  }
  return counted;
}

struct Delay {
  double mean = 0;
  int late = 0;  // 95 of 100 are not later than this
};

// Rounds from the first one under the block to the one that confirms it.
Delay delay_of(Loss loss, double p0, double share, const Detector& detector) {
  Line line(loss, p0, kSeed + 1);
  std::vector<int> delays;
  double sum = 0;
  for (int block = 0; block < kBlocks; ++block) {
    State state;
    for (int i = 0; i < 50; ++i) state = track(state, line.next(0), detector).state;
    if (state.confirmed.status != Status::ok) continue;  // a false alarm has come before
    int rounds = 1;
    for (; rounds < kMostDelay; ++rounds) {
      Tracked tracked = track(state, line.next(share), detector);
      state = std::move(tracked.state);
      if (tracked.change && tracked.change->passage == Passage::trouble) break;
    }
    delays.push_back(rounds);
    sum += rounds;
  }
  std::ranges::sort(delays);
  return {sum / static_cast<double>(delays.size()), delays[delays.size() * 95 / 100]};
}

const char* name_of(Loss loss) {
  switch (loss) {
    case Loss::independent:
      return "independent";
    case Loss::bursty:
      return "bursts, target alone";
    case Loss::gated:
      return "bursts, controls too";
  }
  return "";
}

void print(std::int64_t rounds) {
  const Detector detector = solve_detector({1, 90 * 24h}, 40, 60s);
  fmt::print(
      "Thresholds for 1 false alarm in 90 days over 40 series at 60 s; {} rounds a row.\n\n"
      "| p0 | loss | computed bound /series-year | measured /series-year | of these flapping "
      "| full block: mean, 95 % | 60 % | 30 % |\n|---|---|---|---|---|---|---|---|\n",
      rounds);
  for (const double p0 : {0.005, 0.02, 0.05, 0.10}) {
    const Thresholds& at = detector.at(p0);
    const double fast = run_length(weights_of(p0, kFast, kCap), at.fast, p0);
    const double slow = run_length(weights_of(p0, kSlow, kCap), at.slow, p0);
    for (const Loss loss : {Loss::independent, Loss::bursty, Loss::gated}) {
      const FalseAlarms measured = count_false_alarms(loss, p0, rounds, detector);
      const double years = static_cast<double>(rounds) / kRoundsPerYear;
      fmt::print("| {:.1f} % | {} | {} | {:.3f} | {} |", p0 * 100, name_of(loss),
                 loss == Loss::independent
                     ? fmt::format("{:.3f}", kRoundsPerYear / fast + kRoundsPerYear / slow)
                     : "–",
                 static_cast<double>(measured.alarms) / years, measured.flapping);
      for (const double share : {1.0, 0.6, 0.3}) {
        const Delay delay = delay_of(loss, p0, share, detector);
        fmt::print(" {:.1f}, {} |", delay.mean, delay.late);
      }
      fmt::print("\n");
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace reachd

int main(int argc, char** argv) {
  reachd::print(argc > 1 ? std::atoll(argv[1]) : 10'000'000);
}
