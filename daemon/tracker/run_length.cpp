#include "daemon/tracker/run_length.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace reachd {
namespace {

// A running sum of the same terms differs from the product in the last digits.
constexpr double kRounding = 1e-9;
// What is left of an excursion's probability when it is no longer followed, of what has alarmed.
constexpr double kNegligible = 1e-9;
constexpr int kLongest = 1'000'000;  // rounds of one excursion

}  // namespace

Weights weights_of(double p0, double p1, double cap) {
  return {std::min(cap, std::log(p1 / p0)), std::log((1 - p1) / (1 - p0))};
}

double run_length(const Weights& weights, double h, double p) {
  // An excursion begins with a failure at zero. After n rounds of it, i of them failures, the sum
  // is i * up + (n - i) * down: the probability of each i is all there is to carry along.
  std::vector<double> alive{0, p};
  double alarmed = 0;
  double rounds = p;  // expected rounds of the excursion, the first one
  double left = p;
  if (weights.up >= h - kRounding) return p > 0 ? 1 / p : std::numeric_limits<double>::infinity();
  for (int n = 2; n <= kLongest && left > kNegligible * alarmed + 1e-300; ++n) {
    rounds += left;
    std::vector<double> next(alive.size() + 1, 0);
    left = 0;
    std::size_t most = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      double here = i > 0 ? alive[i - 1] * p : 0;
      if (i < alive.size()) here += alive[i] * (1 - p);
      if (here == 0) continue;
      const double failures = static_cast<double>(i);
      const double sum = failures * weights.up + (n - failures) * weights.down;
      if (sum >= h - kRounding) {
        alarmed += here;
      } else if (sum > kRounding) {
        next[i] = here;
        left += here;
        most = i;
      }
    }
    next.resize(most + 1);
    alive = std::move(next);
  }
  // Each cycle is one round at zero that passed, or an excursion.
  if (alarmed <= 0) return std::numeric_limits<double>::infinity();
  return ((1 - p) + rounds) / alarmed;
}

}  // namespace reachd
