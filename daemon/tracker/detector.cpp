#include "daemon/tracker/detector.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/tracker/run_length.hpp"

namespace reachd {
namespace {

constexpr double kLeast = kCap + 0.1;  // two rounds at least, whatever they say
constexpr double kPrecision = 0.01;
constexpr double kBelowStep = 1e-6;  // sums of so many equal terms differ in the last digits
constexpr double kShareOfFast = 0.9;

// The least threshold with that run length. A sum of e^h never has less than h (Lorden), so the
// logarithm is enough, and the search has an end.
double solve(const Weights& weights, double p, double rounds) {
  double low = kLeast;
  double high = std::max(kLeast, std::log(rounds));
  if (run_length(weights, low, p) >= rounds) return low;
  while (high - low > kPrecision) {
    const double middle = (low + high) / 2;
    (run_length(weights, middle, p) >= rounds ? high : low) = middle;
  }
  return high;
}

// Both detectors share the budget. The fast one adds the same for each failure, so its threshold is
// worth moving in such steps only: it takes the first that leaves a tenth of the budget to the
// slow one, which gets all that is left.
void solve_onset(double p0, double rounds, Thresholds& found) {
  const Weights fast = weights_of(p0, kFast, kCap);
  double alone = 0;
  for (double step = std::ceil(kLeast / fast.up); alone < rounds / kShareOfFast; ++step) {
    found.fast = step * fast.up - kBelowStep;
    alone = run_length(fast, found.fast, p0);
  }
  const double left = 1 / (1 / rounds - 1 / alone);
  found.slow = solve(weights_of(p0, kSlow, kCap), p0, left);
}

}  // namespace

const Thresholds& Detector::at(double p0) const {
  const auto found = std::ranges::find_if(
      thresholds, [&](const Thresholds& known) { return known.p0 >= p0 - 1e-12; });
  return found == thresholds.end() ? thresholds.back() : *found;
}

Detector solve_detector(const Rate& false_alarms, std::size_t series,
                        std::chrono::milliseconds interval) {
  const double every = std::max(0.001, std::chrono::duration<double>(interval).count());
  const double rounds_per_second = static_cast<double>(std::max<std::size_t>(1, series)) / every;
  const double rounds = std::max(2.0, rounds_per_second / false_alarms.per_second());
  Detector detector;
  for (std::size_t i = 0; i < Detector::kGrid.size(); ++i) {
    const double p0 = Detector::kGrid[i];
    Thresholds& found = detector.thresholds[i];
    found.p0 = p0;
    solve_onset(p0, rounds, found);
    found.recovery = solve(weights_of(1 - kFast, 1 - p0, kCap), 1 - kFast, rounds);
  }
  return detector;
}

}  // namespace reachd
