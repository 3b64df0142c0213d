#include "daemon/tracker/history.hpp"

#include <algorithm>
#include <cmath>

namespace reachd {
namespace {

constexpr auto kSparse = std::chrono::hours(1);
constexpr double kDeviations = 6;
constexpr double kNormal = 1.4826;  // MAD of a normal distribution times this is its deviation

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

void learn(History& history, double value, std::chrono::system_clock::time_point at) {
  if (!std::isfinite(value)) return;
  if (history.values.size() >= History::kMost) {
    // A clock that was set back must not stop the learning.
    if (at >= history.learnt && at - history.learnt < kSparse) return;
    history.values.erase(history.values.begin());
  }
  history.values.push_back(value);
  history.learnt = at;
}

bool is_beyond(const History& history, double value, double least) {
  if (history.values.size() < History::kEnough || !std::isfinite(value)) return false;
  if (value <= *std::ranges::max_element(history.values)) return false;
  const double middle = median(history.values);
  if (value - middle < least) return false;
  std::vector<double> distances;
  for (const double known : history.values) distances.push_back(std::abs(known - middle));
  return value - middle >= kDeviations * kNormal * median(distances);
}

}  // namespace reachd
