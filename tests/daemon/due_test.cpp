#include "daemon/due.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace reachd {
namespace {

using namespace std::chrono_literals;

Target named(const std::string& service, const std::string& name,
             std::chrono::milliseconds interval = 60s) {
  Target target;
  target.service = service;
  target.name = name;
  target.interval = interval;
  return target;
}

const LoopTime kNoon{std::chrono::hours(12)};

// Chi-square of counts that should all be equal.
template <std::size_t N>
double chi_square(const std::array<int, N>& counts, int total) {
  const double expected = static_cast<double>(total) / N;
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Due, PhasesOfSimilarNamesAreUniform) {
  constexpr int kTargets = 10'000;
  std::array<int, 20> counts{};
  for (int i = 0; i < kTargets; ++i) {
    const double phase = phase_of(named("list", "target-" + std::to_string(i)));
    ASSERT_GE(phase, 0);
    ASSERT_LT(phase, 1);
    ++counts.at(static_cast<std::size_t>(phase * 20));
  }
  // 19 degrees of freedom: 43.8 is passed by one fair draw in a thousand. The names are fixed, so
  // is the result.
  EXPECT_LT(chi_square(counts, kTargets), 43.8);
}

TEST(Due, JitterIsUniformOverTheTurnsOfATarget) {
  constexpr int kTurns = 10'000;
  const Target target = named("gmail", "web");
  std::array<int, 20> counts{};
  for (int turn = 0; turn < kTurns; ++turn) {
    const double offset = jitter_of(target, static_cast<std::uint64_t>(turn));
    ASSERT_GE(offset, -1);
    ASSERT_LT(offset, 1);
    ++counts.at(static_cast<std::size_t>((offset + 1) * 10));
  }
  EXPECT_LT(chi_square(counts, kTurns), 43.8);
}

TEST(Due, APhaseIsTheSameInEveryBuild) {
  EXPECT_DOUBLE_EQ(phase_of(named("gmail", "web")), phase_of(named("gmail", "web")));
  EXPECT_NE(phase_of(named("gmail", "web")), phase_of(named("gmail", "imap")));
  EXPECT_NEAR(phase_of(named("gmail", "web")), 0.371784755114, 1e-9);
}

TEST(Due, TheNextDueTimeIsOnTheGridAndAfterNow) {
  struct {
    const char* what;
    LoopSpan now;  // after the point
    double jitter;
    double offset;
    LoopSpan due;  // after the point
  } const table[] = {
      {"a quick round", 2s, 0, 0, 60s},
      {"a round that began early", -5s, 0, 0, 60s},
      {"moved later", 2s, 0.2, 1, 72s},
      {"moved earlier", 2s, 0.2, -1, 48s},
      {"exactly at the next point", 60s, 0, 0, 120s},
      {"a round longer than the interval", 70s, 0, 0, 120s},
      {"the moved point has passed, the point has not", 50s, 0.2, -1, 108s},
      {"the point has passed, the moved point has not", 65s, 0.2, 1, 72s},
      {"a suspend of three days", 72h + 1s, 0, 0, 72h + 60s},
      {"jitter as long as the interval", 1s, 1, -1, 60s},
  };
  for (const auto& row : table) {
    EXPECT_EQ(next_due(kNoon, kNoon + row.now, 60s, row.jitter, row.offset) - kNoon, row.due)
        << row.what;
  }
}

TEST(Due, ASuspendOfThreeDaysLeadsToOneRound) {
  LoopTime due = kNoon;
  const LoopTime awake = kNoon + 72h;
  int rounds = 0;
  while (due <= awake) {
    ++rounds;
    due = next_due(due, awake, 60s, 0.2, 0.5);
  }
  EXPECT_EQ(rounds, 1);
  EXPECT_LE(due - awake, 2 * 60s);
}

TEST(Due, JitterMovesByItsShareAndNoMore) {
  EXPECT_EQ(shift_of(60s, 0.2, 1), 12s);
  EXPECT_EQ(shift_of(60s, 0.2, -1), -12s);
  EXPECT_EQ(shift_of(60s, 0, 1), 0s);
}

TEST(Due, AnIntervalOfZeroDoesNotEndTheWorld) {
  EXPECT_GT(next_due(kNoon, kNoon, 0s, 0, 0), kNoon);
  EXPECT_EQ(intervals_since(kNoon, kNoon + 5ms, 0s), 5);
}

TEST(Due, BackoffDoublesUpToAQuarterOfAnHourInWholeIntervals) {
  struct {
    std::chrono::milliseconds interval;
    int failing;
    std::chrono::milliseconds backed_off;
  } const table[] = {
      {60s, 0, 60s},    {60s, 1, 120s},    {60s, 2, 240s},      {60s, 3, 480s},
      {60s, 4, 15min},  {60s, 40, 15min},  {60s, 1'000, 15min}, {7min, 1, 14min},
      {7min, 2, 14min}, {15min, 3, 15min}, {1h, 5, 1h},         {500ms, 1, 1s},
  };
  for (const auto& row : table) {
    EXPECT_EQ(backed_off(row.interval, row.failing), row.backed_off)
        << row.interval.count() << " ms, " << row.failing << " rounds";
  }
}

TEST(Due, TheFirstLookIsEarlyAndTheSecondNotTooSoon) {
  for (int i = 0; i < 1'000; ++i) {
    const Target target = named("list", std::to_string(i));
    for (const std::size_t newcomers : {1UL, 10UL, 1'000UL}) {
      for (const LoopSpan later : {LoopSpan(0s), LoopSpan(100s), LoopSpan(72h + 17s)}) {
        const LoopTime now = kNoon + later;
        const FirstLook first = first_look(target, kNoon, now, newcomers);
        EXPECT_GE(first.at, now);
        EXPECT_LE(first.at - now, std::min<LoopSpan>(60s, newcomers * 500ms));
        const LoopSpan gap = first.point + 60s - first.at;
        EXPECT_GE(gap, 30s);
        EXPECT_LE(gap, 90s);
        // On the grid that began with the daemon, whenever the target came.
        const double share = std::chrono::duration<double>(first.point - kNoon) / 60s;
        EXPECT_NEAR(std::remainder(share - phase_of(target), 1.0), 0, 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace reachd
