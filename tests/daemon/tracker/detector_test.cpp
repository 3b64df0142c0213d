#include "daemon/tracker/detector.hpp"

#include <chrono>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "daemon/tracker/run_length.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
constexpr double kUncapped = 100;

// Science 3, computed by another program that cuts the sum into 700 cells. Left out: rows in which
// the cells are too coarse for so long a run (p0 = .20; .5 and .05 at h = 15.2).
TEST(RunLength, IsThatOfTheKnownTable) {
  struct Row {
    double p0, p1, h, chance, full, most, some;
  };
  for (const Row& row :
       {Row{.005, .9, 11.5, 2.64e6, 3.00, 5.76, 19.9}, Row{.02, .9, 9.2, 1.16e5, 3.00, 6.88, 30.9},
        Row{.02, .9, 11.5, 1.53e6, 4.00, 8.46, 46.4}, Row{.02, .9, 13.8, 5.34e6, 4.00, 9.79, 66.1},
        Row{.02, .5, 13.8, 6.39e6, 5.00, 8.87, 26.1},
        Row{.05, .9, 13.8, 2.87e6, 5.00, 14.61, 211.5},
        Row{.05, .5, 13.8, 5.96e6, 6.00, 12.74, 49.3},
        Row{.10, .9, 13.8, 6.73e6, 7.00, 25.59, 1625.6},
        Row{.10, .5, 13.8, 6.48e6, 9.00, 19.33, 121.9}}) {
    const Weights weights = weights_of(row.p0, row.p1, kUncapped);
    const auto near = [&](double p, double expected) {
      EXPECT_NEAR(run_length(weights, row.h, p) / expected, 1, 0.0235)
          << row.p0 << ' ' << row.p1 << ' ' << row.h << " at " << p;
    };
    near(row.p0, row.chance);
    near(1, row.full);
    near(.6, row.most);
    near(.3, row.some);
  }
}

// What the table cannot say exactly, chance can.
TEST(RunLength, IsThatOfChance) {
  const Weights weights = weights_of(.2, .5, kUncapped);
  constexpr double kThreshold = 9.2;
  std::mt19937_64 random(20261124);
  std::bernoulli_distribution fails(.3);
  constexpr int kRuns = 4000;
  double rounds = 0;
  for (int run = 0; run < kRuns; ++run) {
    double sum = 0;
    for (; sum < kThreshold; ++rounds) {
      sum = std::max(0.0, sum + (fails(random) ? weights.up : weights.down));
    }
  }
  // About exponential: the standard error is the mean by the root of the runs.
  const double expected = run_length(weights, kThreshold, .3);
  EXPECT_NEAR(rounds / kRuns / expected, 1, 4 / std::sqrt(double{kRuns}));
}

TEST(RunLength, KnowsItsEdges) {
  EXPECT_DOUBLE_EQ(run_length({4, -2}, 4, 0.25), 4);
  EXPECT_TRUE(std::isinf(run_length({4, -2}, 9, 0)));
  EXPECT_DOUBLE_EQ(run_length({4, -2}, 9, 1), 3);
}

TEST(Detector, KeepsTheBudgetAndConfirmsAFullBlockInFourRounds) {
  const Detector detector = solve_detector({1, 90 * 24h}, 40, 60s);
  const double budget = 40 * 90 * 1440;
  for (const Thresholds& at : detector.thresholds) {
    const double fast = run_length(weights_of(at.p0, kFast, kCap), at.fast, at.p0);
    const double slow = run_length(weights_of(at.p0, kSlow, kCap), at.slow, at.p0);
    EXPECT_LE(1 / fast + 1 / slow, 1 / budget) << at.p0;
    EXPECT_GE(run_length(weights_of(1 - kFast, 1 - at.p0, kCap), at.recovery, 1 - kFast), budget);
  }
  const Thresholds& usual = detector.at(0.02);
  EXPECT_LE(run_length(weights_of(0.02, kFast, kCap), usual.fast, 1), 4);
}

TEST(Detector, NoBudgetIsSoLargeThatOneRoundSuffices) {
  const Detector detector = solve_detector({1, 1h}, 1, 24h);
  for (const Thresholds& at : detector.thresholds) {
    EXPECT_GT(at.fast, kCap);
    EXPECT_GT(at.slow, kCap);
    EXPECT_GT(at.recovery, kCap);
  }
}

TEST(Detector, RoundsTheBackgroundUpToItsGrid) {
  const Detector detector = solve_detector({1, 90 * 24h}, 40, 60s);
  EXPECT_EQ(detector.at(0.001).p0, 0.005);
  EXPECT_EQ(detector.at(0.02).p0, 0.02);
  EXPECT_EQ(detector.at(0.021).p0, 0.03);
  EXPECT_EQ(detector.at(0.9).p0, 0.30);
}

}  // namespace
}  // namespace reachd
