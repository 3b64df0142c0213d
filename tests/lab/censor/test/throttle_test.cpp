#include "tests/lab/censor/throttle.hpp"

#include <gtest/gtest.h>

namespace censor::test {
namespace {

using std::chrono::milliseconds;

Throttle rate(Throttle::Mode mode) {
  Throttle throttle;
  throttle.bytes_per_second = 18750;  // 150 kbit/s
  throttle.mode = mode;
  return throttle;
}

TEST(Throttle, PolicerPassesItsRateWithinTwoInAHundred) {
  const Throttle throttle = rate(Throttle::Mode::policer);
  Bucket bucket;
  double passed = 0;
  for (int ms = 0; ms < 60000; ms += 5) {
    if (const auto wait = bucket.pass(throttle, 1500, Time(milliseconds(ms)))) {
      EXPECT_EQ(*wait, Time::duration(0));
      passed += 1500;
    }
  }
  EXPECT_NEAR((passed - throttle.burst) / 60, 18750, 18750 * 0.02);
}

TEST(Throttle, PolicerLetsTheBurstPass) {
  const Throttle throttle = rate(Throttle::Mode::policer);
  Bucket bucket;
  int passed = 0;
  while (bucket.pass(throttle, 1024, Time())) {
    ++passed;
  }
  EXPECT_EQ(passed, 8);
}

TEST(Throttle, ShaperKeepsOrderAndRateAndDropsBehindItsQueue) {
  const Throttle throttle = rate(Throttle::Mode::shaper);
  Bucket bucket;
  Time last{};
  double passed = 0;
  int dropped = 0;
  for (int i = 0; i < 100; ++i) {
    if (const auto wait = bucket.pass(throttle, 1500, Time())) {
      EXPECT_GE(Time() + *wait, last);
      last = Time() + *wait;
      passed += 1500;
    } else {
      ++dropped;
    }
  }
  EXPECT_NEAR(passed, throttle.burst + throttle.queue, 1500);
  EXPECT_GT(dropped, 0);
  const double seconds = std::chrono::duration<double>(last.time_since_epoch()).count();
  EXPECT_NEAR((passed - throttle.burst) / seconds, 18750, 1);
}

}  // namespace
}  // namespace censor::test
