// The tracker's smaller parts: history, background, kinds, the vantage.
#include <cmath>

#include <gtest/gtest.h>

#include "daemon/tracker/background.hpp"
#include "daemon/tracker/kinds.hpp"
#include "daemon/tracker/vantage_track.hpp"
#include "tests/daemon/tracker/rounds.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(Kinds, AreAkinByLayerAndAction) {
  EXPECT_TRUE(are_akin("tls.reset.sni", "tls.reset.other"));
  EXPECT_TRUE(are_akin("tls", "tls.reset.sni"));
  EXPECT_FALSE(are_akin("tls.reset.sni", "tls.timeout.sni"));
  EXPECT_FALSE(are_akin("tcp.reset", "tls.reset.sni"));
  EXPECT_FALSE(is_within("tls.resetting", "tls.reset"));
  EXPECT_TRUE(may_be_same({}, {"tcp.timeout"}));
  EXPECT_EQ(path_and_ancestors("a.b.c"), (std::vector<std::string>{"a", "a.b", "a.b.c"}));
}

Sighting answered(double seconds, double bytes_per_second = 0) {
  Sighting sighting = fine();
  sighting.seconds = seconds;
  sighting.bytes_per_second = bytes_per_second;
  return sighting;
}

// One in four answers waits for a packet that was lost.
Series of_usual_speed() {
  Series series;
  for (int i = 0; i < 80; ++i) series.see(answered(i % 4 == 0 ? 1.2 : 0.2 + 0.001 * i, 1e6));
  series.changes.clear();
  return series;
}

TEST(Slowness, BeyondAllHistoryIsImpairedAndNeverBlocked) {
  Series series = of_usual_speed();
  EXPECT_GT(series.until_change(answered(6, 1e6), 8), 1);
  EXPECT_EQ(series.changes.at(0).to, (Condition{Status::impaired, {"throttle.latency"}}));
  series.until_change(answered(0.2, 1e6));
  EXPECT_EQ(series.changes.at(1).to, (Condition{Status::ok, {}}));
  EXPECT_GT(series.until_change(answered(0.2, 2e4), 8), 1);
  EXPECT_EQ(series.changes.at(2).to, (Condition{Status::impaired, {"throttle.rate"}}));
}

TEST(Slowness, AsOfOldIsNone) {
  Series series = of_usual_speed();
  series.see(answered(1.2, 1e6), 100).see(answered(0.2, 9e5), 100);
  EXPECT_TRUE(series.changes.empty());
}

TEST(Slowness, OfTheWholeLineIsNobodysFault) {
  Series series = of_usual_speed();
  Sighting slow = answered(0.2, 2e4);
  slow.control_bytes_per_second = 3e4;
  series.see(slow, 50);
  EXPECT_TRUE(series.changes.empty());
}

TEST(Slowness, SaysNothingWithoutAHistory) {
  Series series;
  series.see(answered(0.2), 10).see(answered(9), 50);
  EXPECT_EQ(series.changes.size(), 1U);
}

TEST(Slowness, AWeekOfItIsHowTheTargetIs) {
  Series series = of_usual_speed();
  series.see(answered(6), 60 * 24 * 7 - 100);
  EXPECT_EQ(series.state.confirmed.status, Status::impaired);
  series.see(answered(6), 200);
  EXPECT_EQ(series.state.confirmed.status, Status::ok);
}

TEST(History, SpansDays) {
  History history;
  for (int minute = 0; minute < 60 * 24 * 4; ++minute) {
    learn(history, minute, kNoon + minute * 1min);
  }
  EXPECT_EQ(history.values.size(), History::kMost);
  EXPECT_LT(history.values.front(), 60 * 24 * 2);
}

TEST(Background, IsThatOfTheMiddleControl) {
  Background background;
  EXPECT_DOUBLE_EQ(p0_of(background), 0.02);
  for (int i = 0; i < 2000; ++i) {
    note(background, "blocked", false);
    note(background, "fine", true);
    note(background, "usual", i % 20 != 0);
  }
  EXPECT_NEAR(p0_of(background), 0.05, 0.02);
  EXPECT_DOUBLE_EQ(p0_of({{{"a", 0.9}}}), Background::kMost);
  EXPECT_DOUBLE_EQ(p0_of({{{"a", 0.0}}}), Background::kLeast);
}

TEST(Background, ARoundBesideFailingControlsSaysLess) {
  Background background{{{"a", 0.02}, {"b", 0.02}, {"c", 0.02}, {"blocked", 1.0}}};
  std::vector<ControlResult> near(4);
  near[0].name = "a";
  near[1].name = "b";
  near[2].name = "c";
  near[3].name = "blocked";
  for (ControlResult& control : near) control.ok = control.name != "blocked";
  EXPECT_DOUBLE_EQ(p0_of(background, near), 0.02);
  near[0].ok = false;
  EXPECT_DOUBLE_EQ(p0_of(background, near), (2 * 0.02 + 1) / 5);
  near[1].ok = false;
  EXPECT_DOUBLE_EQ(p0_of(background, near), Background::kMost);
  near[0].side = near[1].side = Side::domestic;
  EXPECT_DOUBLE_EQ(p0_of(background, near), 0.02);
  EXPECT_DOUBLE_EQ(p0_of(background, {}), 0.02);
}

Vantage in(VantageStatus status) {
  Vantage vantage;
  vantage.status = status;
  vantage.rule = "vantage.test";
  return vantage;
}

TEST(VantageTrack, AFewResultsConfirmAnOutageAndAsManyItsEnd) {
  VantageState state;
  std::vector<VantageChange> changes;
  WallTime now = kNoon;
  const auto see = [&](VantageStatus status, int times) {
    for (int i = 0; i < times; ++i, now += 12s) {
      const VantageTracked tracked = track(state, in(status), now);
      state = tracked.state;
      if (tracked.change) changes.push_back(*tracked.change);
    }
  };
  see(VantageStatus::online, 10);
  see(VantageStatus::offline, 2);
  see(VantageStatus::online, 2);
  EXPECT_TRUE(changes.empty());
  const WallTime gone = now;
  see(VantageStatus::border_outage, 1);
  see(VantageStatus::offline, 20);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0], (VantageChange{VantageStatus::online,
                                       VantageStatus::offline,
                                       {gone - 12s, gone},
                                       gone + 24s,
                                       "vantage.test"}));
  see(VantageStatus::online, 2);
  EXPECT_EQ(changes.size(), 1U);
  see(VantageStatus::online, 1);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].to, VantageStatus::online);
}

}  // namespace
}  // namespace reachd
