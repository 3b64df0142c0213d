#include "probes/net/pace.hpp"

#include <gtest/gtest.h>
#include <boost/asio.hpp>

namespace reachd::net {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr Rate kNoLimit{1e9, 1s};
const Pace::Clock::time_point kNoon = Pace::Clock::time_point{} + 1000h;

class PaceTest : public testing::Test {
 protected:
  // How long after `at` the turn comes.
  Pace::Clock::duration wait(Pace& pace, const std::string& address, Pace::Clock::duration at) {
    return pace.book(address, kNoon + at) - (kNoon + at);
  }
  asio::io_context io;
};

TEST_F(PaceTest, LetsOneSecondsWorthPassAtOnceAndThenOneAStep) {
  Pace pace(io.get_executor(), {4, 1s}, kNoLimit);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 0s) << i;
  EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 250ms);
  EXPECT_EQ(wait(pace, "192.0.2.2", 0s), 500ms);
  EXPECT_EQ(wait(pace, "192.0.2.3", 0s), 750ms);
}

TEST_F(PaceTest, ASlowRateHasABurstOfOne) {
  Pace pace(io.get_executor(), kNoLimit, {20, 1min});
  EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 0s);
  EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 3s);
  EXPECT_EQ(wait(pace, "192.0.2.1", 1s), 5s);
  EXPECT_EQ(wait(pace, "192.0.2.1", 60s), 0s);
}

TEST_F(PaceTest, KeepsTheRateOverALongTime) {
  Pace pace(io.get_executor(), {2, 1s}, kNoLimit);
  Pace::Clock::time_point last{};
  for (int i = 0; i < 1000; ++i) last = pace.book(std::to_string(i), kNoon);
  EXPECT_NEAR(std::chrono::duration<double>(last - kNoon).count(), 499, 1);
}

TEST_F(PaceTest, ACrowdedAddressDelaysNobodyElse) {
  Pace pace(io.get_executor(), {1000, 1s}, {1, 1min});
  for (int i = 0; i < 5; ++i) pace.book("192.0.2.1", kNoon);
  EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 5min);
  EXPECT_EQ(wait(pace, "192.0.2.2", 0s), 0s);
}

TEST_F(PaceTest, NewRatesHoldFromTheNextTurnOn) {
  Pace pace(io.get_executor(), {1, 1min}, kNoLimit);
  pace.book("192.0.2.1", kNoon);
  pace.set_rates({1, 1s}, kNoLimit);
  EXPECT_EQ(wait(pace, "192.0.2.1", 1min), 0s);
  EXPECT_EQ(wait(pace, "192.0.2.1", 1min), 1s);
}

TEST_F(PaceTest, ARateOfNothingHoldsNobody) {
  Pace pace(io.get_executor(), {}, {});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(wait(pace, "192.0.2.1", 0s), 0s);
}

TEST_F(PaceTest, ForgetsAddressesWhoseTurnsArePast) {
  Pace pace(io.get_executor(), kNoLimit, {1, 1s});
  for (int i = 0; i < 100'000; ++i) pace.book(std::to_string(i), kNoon + i * 1s);
  EXPECT_LE(pace.addresses(), 1024U);
}

TEST_F(PaceTest, HoldsNoMoreAddressesThanItsBound) {
  Pace pace(io.get_executor(), kNoLimit, {1, 1h});
  for (int i = 0; i < 100'000; ++i) pace.book(std::to_string(i), kNoon);
  EXPECT_LE(pace.addresses(), 65536U);
  EXPECT_EQ(wait(pace, "99999", 0s), 0s);  // not held, but served
}

TEST_F(PaceTest, TurnWaitsForItsTime) {
  Pace pace(io.get_executor(), {20, 1s}, kNoLimit);
  const auto began = Pace::Clock::now();
  int done = 0;
  for (int i = 0; i < 22; ++i) {
    asio::co_spawn(io, pace.turn("192.0.2.1"), [&](std::exception_ptr) { ++done; });
  }
  io.run_for(20s);
  EXPECT_EQ(done, 22);
  EXPECT_GE(Pace::Clock::now() - began, 95ms);
}

TEST_F(PaceTest, TurnEndsAtOnceWhenCancelled) {
  Pace pace(io.get_executor(), {1, 1h}, kNoLimit);
  pace.book("192.0.2.1", Pace::Clock::now());
  asio::cancellation_signal signal;
  bool done = false;
  asio::co_spawn(io, pace.turn("192.0.2.1"),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error) {
                   EXPECT_FALSE(error);
                   done = true;
                 }));
  asio::post(io, [&] { signal.emit(asio::cancellation_type::terminal); });
  io.run_for(20s);
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace reachd::net
