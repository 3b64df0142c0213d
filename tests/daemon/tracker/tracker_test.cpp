#include "daemon/tracker/tracker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/tracker/rounds.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

TEST(Tracker, WhatIsOkFromTheStartIsSettledByTheFirstRound) {
  Series series;
  series.see(fine());
  ASSERT_THAT(series.changes, SizeIs(1));
  EXPECT_EQ(series.changes[0].passage, Passage::settled);
  EXPECT_EQ(series.changes[0].from.status, Status::insufficient);
  EXPECT_EQ(series.state.confirmed.status, Status::ok);
  EXPECT_EQ(series.state.since, kNoon);
}

TEST(Tracker, WhatIsBlockedFromTheStartIsTroubleWithoutATimeBefore) {
  Series series;
  EXPECT_EQ(series.until_change(reset()), 4);
  EXPECT_EQ(series.changes[0].passage, Passage::trouble);
  EXPECT_EQ(series.changes[0].from.status, Status::insufficient);
  EXPECT_EQ(series.changes[0].to.status, Status::likely_blocked);
  EXPECT_EQ(series.changes[0].onset, (Onset{WallTime{}, kNoon}));
}

TEST(Tracker, ABlockIsConfirmedByTheFourthRoundAndItsBeginningIsAWindow) {
  Series series = healthy();
  const WallTime last_fine = series.now - 1min;
  EXPECT_EQ(series.until_change(reset()), 4);
  const Change& change = series.changes.at(0);
  EXPECT_EQ(change.passage, Passage::trouble);
  EXPECT_EQ(change.from, (Condition{Status::ok, {}}));
  EXPECT_EQ(change.to, (Condition{Status::likely_blocked, {"tls.reset.sni"}}));
  EXPECT_EQ(change.onset, (Onset{last_fine, last_fine + 1min}));
  EXPECT_EQ(change.confirmed, last_fine + 4min);
  EXPECT_EQ(change.rule, "test.rule");
  EXPECT_FALSE(change.flapping);
}

TEST(Tracker, ArtefactsNeedThreeRoundsAndProveTheBlock) {
  Series series = healthy();
  EXPECT_EQ(series.until_change(forged()), 3);
  EXPECT_EQ(series.changes[0].to, (Condition{Status::blocked, {"dns.injection.other"}}));
}

TEST(Tracker, LossDuringABlockDelaysItAndTheOnsetIsTheFirstFailure) {
  Series series = healthy();
  const WallTime first = series.now;
  series.see(reset()).see(fine());
  EXPECT_GT(series.until_change(reset()), 0);
  EXPECT_EQ(series.changes[0].onset, (Onset{first - 1min, first}));
}

TEST(Tracker, RecoveryIsOneChangeWithAWindowOfItsOwn) {
  Series series = healthy();
  series.see(reset(), 40);
  const WallTime back = series.now;
  const int rounds = series.until_change(fine());
  EXPECT_GE(rounds, 2);
  EXPECT_LE(rounds, 5);
  ASSERT_THAT(series.changes, SizeIs(2));
  EXPECT_EQ(series.changes[1].passage, Passage::recovery);
  EXPECT_EQ(series.changes[1].to, (Condition{Status::ok, {}}));
  EXPECT_EQ(series.changes[1].onset, (Onset{back - 1min, back}));
  series.see(fine(), 1000);
  EXPECT_THAT(series.changes, SizeIs(2));
}

TEST(Tracker, AnotherMethodWithoutRecoveryIsAChangeOfItsOwn) {
  Series series = healthy();
  series.see(forged(), 30);
  const WallTime last_forged = series.now - 1min;
  EXPECT_GT(series.until_change(reset(), 8), 0);
  ASSERT_THAT(series.changes, SizeIs(2));
  EXPECT_EQ(series.changes[1].passage, Passage::method);
  EXPECT_EQ(series.changes[1].from, (Condition{Status::blocked, {"dns.injection.other"}}));
  EXPECT_EQ(series.changes[1].to, (Condition{Status::likely_blocked, {"tls.reset.sni"}}));
  EXPECT_EQ(series.changes[1].onset, (Onset{last_forged, last_forged + 1min}));
}

TEST(Tracker, LessEvidenceForTheSameKindIsNoOtherMethod) {
  Series series = healthy();
  series.see(reset(), 10);
  series.see(round_of(Status::impaired, {"tls.reset.other"}), 200);
  EXPECT_THAT(series.changes, SizeIs(1));
  EXPECT_EQ(series.state.confirmed, (Condition{Status::likely_blocked, {"tls.reset.sni"}}));
}

TEST(Tracker, TheOutsideSeeingTheSameFailureIsAnotherCondition) {
  Series series = healthy();
  series.see(round_of(Status::likely_blocked, {"tcp.timeout"}), 10);
  series.see(round_of(Status::down, {"tcp.timeout"}), 20);
  ASSERT_THAT(series.changes, SizeIs(2));
  EXPECT_EQ(series.changes[1].passage, Passage::method);
  EXPECT_EQ(series.changes[1].to.status, Status::down);
}

TEST(Tracker, TheSameBlockBetterProvedIsRefinedOnly) {
  Series series = healthy();
  series.see(reset(), 6);
  series.see(round_of(Status::blocked, {"tls.reset.sni"}), 3);
  EXPECT_THAT(series.changes, SizeIs(1));
  EXPECT_EQ(series.state.confirmed.status, Status::blocked);
  // What was proved stays proved.
  series.see(reset(), 50);
  EXPECT_EQ(series.state.confirmed.status, Status::blocked);
}

TEST(Tracker, FailuresOfAllKindsAreTroubleOfNoKind) {
  Series series = healthy();
  series.see(round_of(Status::impaired, {"dns.timeout"}));
  series.see(round_of(Status::impaired, {"tls.timeout.other"}));
  series.see(round_of(Status::impaired, {"tcp.timeout"}));
  series.see(round_of(Status::impaired, {"tls.reset.other"}));
  ASSERT_THAT(series.changes, SizeIs(1));
  EXPECT_EQ(series.changes[0].to, (Condition{Status::impaired, {}}));
}

TEST(Tracker, FailuresOfOneLayerAreOfTheirCommonAncestor) {
  Series series = healthy();
  for (int i = 0; i < 2; ++i) {
    series.see(round_of(Status::impaired, {"tls.timeout.other"}));
    series.see(round_of(Status::impaired, {"tls.reset.other"}));
  }
  ASSERT_THAT(series.changes, SizeIs(1));
  EXPECT_EQ(series.changes[0].to, (Condition{Status::impaired, {"tls"}}));
}

TEST(Tracker, TwoThingsAtOnceAreBothTold) {
  Series series = healthy();
  series.see(round_of(Status::blocked, {"dns.injection.bogon", "tls.reset.sni"}), 4);
  ASSERT_THAT(series.changes, SizeIs(1));
  EXPECT_THAT(series.changes[0].to.kinds, ElementsAre("dns.injection.bogon", "tls.reset.sni"));
}

TEST(Tracker, APauseNeverAlarms) {
  Series series = healthy();
  series.see(reset(), 3);
  series.now += 3h;
  series.see(reset());
  EXPECT_THAT(series.changes, IsEmpty());
  series.now += 24h;
  series.see(fine(), 10);
  EXPECT_THAT(series.changes, IsEmpty());
}

TEST(Tracker, WhatIsConfirmedOutlivesAPause) {
  Series series = healthy();
  series.see(reset(), 10);
  series.now += 72h;
  series.see(reset(), 10);
  EXPECT_THAT(series.changes, SizeIs(1));
}

TEST(Tracker, ABlockOfHalfTheFlowsIsOneChangeAndDoesNotFlap) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Series series = healthy();
    for (int i = 0; i < 1440; ++i) series.see(random() % 2 == 0 ? reset() : fine());
    ASSERT_THAT(series.changes, SizeIs(1)) << "seed " << seed;
    EXPECT_EQ(series.state.confirmed.kinds, std::vector<std::string>{"tls.reset.sni"});
    EXPECT_GT(series.until_change(fine()), 0);
  }
}

TEST(Tracker, TwentyMinutesEverySixHoursAreSaidToFlap) {
  Series series = healthy();
  for (int day = 0; day < 4; ++day) {
    for (int cycle = 0; cycle < 4; ++cycle) series.see(reset(), 20).see(fine(), 340);
  }
  ASSERT_THAT(series.changes, SizeIs(32));
  int told_as_news = 0;
  for (const Change& change : series.changes) told_as_news += change.flapping ? 0 : 1;
  EXPECT_EQ(told_as_news, 3);
  EXPECT_FALSE(series.changes[0].flapping);
  EXPECT_TRUE(series.changes[31].flapping);
  // Two days of peace are forgiven.
  series.see(fine(), 2880);
  series.until_change(reset());
  EXPECT_FALSE(series.changes.back().flapping);
}

TEST(Tracker, SuspicionAsksForAnotherRoundSoon) {
  Series series = healthy();
  EXPECT_FALSE(series.suspicious);
  EXPECT_TRUE(series.see(reset()).suspicious);
  EXPECT_FALSE(series.see(fine()).suspicious);
  series.see(reset(), 10);
  EXPECT_FALSE(series.suspicious) << "confirmed: nothing to hurry for";
  EXPECT_TRUE(series.see(fine()).suspicious);
  EXPECT_FALSE(series.see(reset()).suspicious);
  EXPECT_TRUE(series.see(forged()).suspicious);
}

TEST(Tracker, WhatTheServerSaysJoinsAndLeavesSlowlyAndIsNoNews) {
  const Sighting turned_away = round_of(Status::ok, {"server_side.antibot"});
  Series series = healthy();
  series.see(turned_away, 2);
  EXPECT_THAT(series.state.confirmed.kinds, IsEmpty());
  series.see(turned_away, 8);
  EXPECT_THAT(series.state.confirmed.kinds, ElementsAre("server_side.antibot"));
  series.see(fine(), 20);
  EXPECT_THAT(series.state.confirmed.kinds, IsEmpty());
  EXPECT_THAT(series.changes, IsEmpty());
}

TEST(Tracker, AClockThatIsSetBackIsNoPause) {
  Series series = healthy();
  series.see(reset(), 2);
  series.now -= 5h;
  series.see(reset(), 2);
  EXPECT_THAT(series.changes, SizeIs(1));
}

}  // namespace
}  // namespace reachd
