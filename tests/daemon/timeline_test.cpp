#include "daemon/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rows.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;
using test::kNoon;

TEST(Timeline, AHalfHourHoldsItsRoundsAndTheMeanOfThoseThatWereOk) {
  Timeline timeline;
  timeline.add(kNoon, Status::ok, 100ms);
  timeline.add(kNoon + 29min, Status::ok, 200ms);
  timeline.add(kNoon + 29min, Status::blocked, 900ms);
  timeline.add(kNoon + 30min, Status::down, std::nullopt);
  const auto spans = timeline.half_hours(kNoon + 45min);
  EXPECT_EQ(spans[47].tally.of(Status::down), 1U);
  EXPECT_EQ(spans[46].tally.of(Status::ok), 2U);
  EXPECT_EQ(spans[46].tally.of(Status::blocked), 1U);
  EXPECT_FLOAT_EQ(spans[46].latency, 150.0F);
  EXPECT_EQ(spans[45].tally.sum(), 0U);
  EXPECT_EQ(timeline.days(kNoon + 45min)[29].sum(), 4U);
}

TEST(Timeline, WhatGoesByIsForgottenAndWhatIsNotKnownIsEmpty) {
  Timeline timeline;
  timeline.add(kNoon, Status::ok, 1ms);
  EXPECT_EQ(timeline.half_hours(kNoon + 23h + 30min)[0].tally.sum(), 1U);
  EXPECT_EQ(timeline.half_hours(kNoon + 24h)[0].tally.sum(), 0U);
  timeline.add(kNoon + 24h, Status::ok, 1ms);
  const auto spans = timeline.half_hours(kNoon + 24h);
  EXPECT_EQ(spans[47].tally.sum(), 1U);
  for (std::size_t at = 0; at < 47; ++at) EXPECT_EQ(spans.at(at).tally.sum(), 0U) << at;
  EXPECT_EQ(timeline.days(kNoon + days(29))[0].sum(), 1U);
  EXPECT_EQ(timeline.days(kNoon + days(60)), (std::array<Tally, Timeline::kDays>{}));
}

TEST(Timeline, WhatComesLateFindsItsPlaceOrIsTooLate) {
  Timeline timeline;
  timeline.add(kNoon, Status::ok, 1ms);
  timeline.add(kNoon - 23h - 30min, Status::blocked, std::nullopt);
  timeline.add(kNoon - 24h, Status::down, std::nullopt);
  const auto spans = timeline.half_hours(kNoon);
  EXPECT_EQ(spans[0].tally.of(Status::blocked), 1U);
  EXPECT_EQ(spans[0].tally.of(Status::down), 0U);
  EXPECT_EQ(timeline.days(kNoon)[28].of(Status::down), 1U);
  timeline.add(WallTime(-24h), Status::ok, 1ms);  // a clock gone mad
  EXPECT_EQ(timeline.half_hours(kNoon), spans);
}

TEST(Timeline, CountsThatWouldNotFitKeepTheirShares) {
  Timeline timeline;
  timeline.add_days(kNoon, Status::ok, 60'000);
  timeline.add_days(kNoon, Status::blocked, 20'000);
  timeline.add_days(kNoon, Status::ok, 240'000);
  const Tally day = timeline.days(kNoon)[29];
  EXPECT_NEAR(static_cast<double>(day.of(Status::ok)) / day.sum(), 300.0 / 320.0, 0.06);
}

TEST(Timeline, AvailabilityLeavesOutWhatSaysNothing) {
  Tally tally;
  EXPECT_FALSE(availability(tally));
  tally.add(Status::insufficient, 50);
  EXPECT_FALSE(availability(tally));
  tally.add(Status::ok, 3);
  tally.add(Status::impaired, 1);
  EXPECT_DOUBLE_EQ(*availability(tally), 0.75);
}

TEST(Timeline, IsSmall) {
  EXPECT_LE(sizeof(Timeline), 1400U);
}

}  // namespace
}  // namespace reachd
