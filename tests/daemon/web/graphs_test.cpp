#include "daemon/web/graphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rows.hpp"

namespace reachd::web {
namespace {

using namespace std::chrono_literals;
using test::kNoon;
using testing::HasSubstr;
using testing::Not;

TEST(Graphs, WholeHalfHoursAreOneLineOfDashes) {
  Timeline timeline;
  for (int i = 0; i < 48; ++i) timeline.add(kNoon - i * 30min, Status::ok, 80ms);
  const std::string bars = day_bars(timeline, kNoon);
  EXPECT_THAT(bars, HasSubstr("class=\"l-ok\" stroke-width=\"20\" stroke-dasharray=\"3 1\""));
  EXPECT_THAT(bars, HasSubstr("last 24 hours: 100 % of the rounds ok\""));
  EXPECT_THAT(bars, Not(HasSubstr("nothing")));
  EXPECT_LT(bars.size(), 500U);
}

TEST(Graphs, ARareTroubleIsSeenAndSaid) {
  Timeline timeline;
  timeline.add(kNoon, Status::ok, 80ms, 200);
  timeline.add(kNoon, Status::blocked, std::nullopt, 1);
  const std::string bars = day_bars(timeline, kNoon);
  EXPECT_THAT(bars, HasSubstr("<path class=\"s-blocked\" d=\"M188 0h3v2h-3z\"/>"));
  EXPECT_THAT(bars, HasSubstr("<path class=\"s-ok\" d=\"M188 2h3v18h-3z\"/>"));
  EXPECT_THAT(bars, HasSubstr("99.50 % of the rounds ok; blocked in 1 of 48 half hours"));
  EXPECT_THAT(month_bars(timeline, kNoon), HasSubstr("blocked in 1 of 30 days"));
}

TEST(Graphs, NothingIsKnownIsNoTrouble) {
  EXPECT_THAT(day_bars({}, kNoon), HasSubstr("nothing is known"));
  EXPECT_EQ(sparkline({}, kNoon), "");
  EXPECT_EQ(percentage({}), "–");
}

TEST(Graphs, PercentagesAreNotRoundedUpToWhole) {
  Tally tally;
  tally.add(Status::ok, 60'000);
  EXPECT_EQ(percentage(tally), "100 %");
  tally.add(Status::blocked, 1);
  EXPECT_EQ(percentage(tally), "99.99 %");
  tally.add(Status::blocked, 29'999);
  EXPECT_EQ(percentage(tally), "66.6 %");
}

TEST(Graphs, ASparklineSaysItsRangeAndHasHoles) {
  Timeline timeline;
  timeline.add(kNoon - 2h, Status::ok, 80ms);
  timeline.add(kNoon, Status::ok, 200ms);
  const std::string line = sparkline(timeline, kNoon);
  EXPECT_THAT(line, HasSubstr("80 ms to 200 ms, lately 200 ms"));
  EXPECT_THAT(line, HasSubstr("d=\"M173 12.2h2M189 2h2\""));
}

}  // namespace
}  // namespace reachd::web
