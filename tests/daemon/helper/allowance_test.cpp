#include "daemon/helper/allowance.hpp"

#include <gtest/gtest.h>

namespace reachd::helper {
namespace {

using namespace std::chrono_literals;
using Clock = Allowance::Clock;

TEST(Allowance, SavesUpTenSecondsWorthAndNoMore) {
  Allowance allowance({100, 1s}, {1, 1s});
  Clock::time_point now = Clock::now();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(allowance.take("a", now)) << i;
    EXPECT_FALSE(allowance.take("a", now));
    EXPECT_TRUE(allowance.take("a", now + 1s));
    EXPECT_FALSE(allowance.take("a", now + 1s));
    now += 1h;
  }
}

TEST(Allowance, ARefusalTakesNoTurnOfAnybody) {
  Allowance allowance({1, 10s}, {1, 1h});
  const Clock::time_point now = Clock::now();
  EXPECT_TRUE(allowance.take("a", now));
  EXPECT_FALSE(allowance.take("b", now)) << "all together have used theirs up";
  EXPECT_FALSE(allowance.take("a", now + 10s)) << "its own is used up";
  EXPECT_TRUE(allowance.take("b", now + 10s));
}

TEST(Allowance, IsBoundedHoweverManyAsk) {
  Allowance allowance({1e6, 1s}, {1, 1h});
  const Clock::time_point now = Clock::now();
  std::size_t taken = 0;
  for (std::size_t i = 0; i < Allowance::kMostClients + 100; ++i) {
    taken += allowance.take(std::to_string(i), now) ? 1 : 0;
  }
  EXPECT_EQ(taken, Allowance::kMostClients);
  EXPECT_EQ(allowance.clients(), Allowance::kMostClients);
  EXPECT_TRUE(allowance.take("late", now + 1h)) << "those that have their turns back are forgotten";
}

TEST(Allowance, AClientIsAnAddressOrASlash64) {
  EXPECT_EQ(client_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("2001:db8:1:2:3:4:5:6"), client_of("2001:db8:1:2::9"));
  EXPECT_NE(client_of("2001:db8:1:2::1"), client_of("2001:db8:1:3::1"));
}

}  // namespace
}  // namespace reachd::helper
