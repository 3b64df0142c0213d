#include "daemon/timetable.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace reachd {
namespace {

using namespace std::chrono_literals;

const LoopTime kNoon{std::chrono::hours(12)};

Target named(const std::string& name, std::chrono::milliseconds interval = 60s) {
  Target target;
  target.service = "s";
  target.name = name;
  target.interval = interval;
  return target;
}

ScheduleSettings steady() {
  ScheduleSettings settings;
  settings.jitter = 0;
  return settings;
}

// A timetable whose rounds take no time, on a clock that jumps from event to event.
struct Day {
  Timetable table;
  LoopTime now = kNoon;

  // Waits for the next round and begins it.
  Timetable::Start next() {
    for (int i = 0; i < 100; ++i) {
      if (auto start = table.begin(now)) return *start;
      now = std::max(now, table.next_event());
      table.advance(now);
    }
    ADD_FAILURE() << "no round begins";
    return {};
  }
};

TEST(Timetable, AQuietRoundComesNoSoonerThanThePenaltyEndsAndTheGridStays) {
  Day day;
  auto settings = steady();
  settings.jitter = 0.2;
  settings.residual = 190s;
  day.table.set_targets({named("a")}, settings, day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  for (int i = 0; i < 5; ++i) {
    day.next();
    const LoopTime ended = day.now;
    day.table.finish("s/a", NextRound::quiet, ended);
    EXPECT_GE(day.table.due("s/a"), ended + 190s);
    EXPECT_LE(day.table.due("s/a"), ended + 190s + 38s);
    day.next();
    EXPECT_EQ(day.table.advance(day.now), 0U) << "what went by was not missed";
    const LoopTime after = day.now;
    day.table.finish("s/a", NextRound::normal, after);
    EXPECT_LE(day.table.due("s/a"), after + 2 * 60s);
  }
}

TEST(Timetable, TheFirstRoundIsDeepAndThenOneInEachDeepEvery) {
  Day day;
  auto settings = steady();
  settings.deep_every = 300s;
  day.table.set_targets({named("a")}, settings, day.now);
  std::string rounds;
  for (int i = 0; i < 13; ++i) {
    const auto start = day.next();
    EXPECT_EQ(start.assignment.turn, static_cast<std::uint64_t>(i));
    rounds += start.assignment.round == Round::deep ? 'D' : '.';
    EXPECT_TRUE(day.table.finish("s/a", NextRound::normal, day.now));
  }
  // The second look comes half to one and a half intervals after the first, then one each minute.
  EXPECT_TRUE(rounds == "D....D....D.." || rounds == "D.....D....D." || rounds == "D...D....D...")
      << rounds;
}

TEST(Timetable, RoundsKeepToTheGridHoweverLongTheyTake) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  const LoopTime second = day.table.due("s/a");
  day.next();
  EXPECT_EQ(day.now, second);
  day.now += 13s;
  day.table.finish("s/a", NextRound::normal, day.now);
  EXPECT_EQ(day.table.due("s/a"), second + 60s);
}

TEST(Timetable, AConfirmationComesSoonAndTheGridStays) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  const LoopTime second = day.table.due("s/a");
  day.next();
  day.now += 4s;
  day.table.finish("s/a", NextRound::confirm, day.now);
  EXPECT_EQ(day.table.due("s/a"), second + 19s);
  EXPECT_EQ(day.next().assignment.round, Round::confirm);
  day.table.finish("s/a", NextRound::normal, day.now);
  EXPECT_EQ(day.table.due("s/a"), second + 60s);
}

TEST(Timetable, AConfirmationIsNeverLaterThanTheIntervalWouldBe) {
  Day day;
  auto settings = steady();
  settings.confirm_after = 15s;
  day.table.set_targets({named("a", 5s)}, settings, day.now);
  day.next();
  day.table.finish("s/a", NextRound::confirm, day.now);
  EXPECT_EQ(day.table.due("s/a"), day.now + 5s);
}

TEST(Timetable, SteadyFailureDoublesTheIntervalAndOneGoodRoundEndsIt) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  LoopTime last = day.table.due("s/a");
  for (const auto gap : {120s, 240s, 480s, 900s, 900s}) {
    day.next();
    day.table.finish("s/a", NextRound::backoff, day.now);
    EXPECT_EQ(day.table.due("s/a") - last, gap);
    last = day.table.due("s/a");
  }
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  EXPECT_EQ(day.table.due("s/a") - last, 60s);
  last = day.table.due("s/a");
  day.next();
  day.table.finish("s/a", NextRound::backoff, day.now);
  EXPECT_EQ(day.table.due("s/a") - last, 120s) << "the doubling starts anew";
}

TEST(Timetable, JitterMovesEachRoundAroundItsPoint) {
  Day day;
  auto settings = steady();
  settings.jitter = 0.2;
  day.table.set_targets({named("a")}, settings, day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  const LoopTime second = day.table.due("s/a");
  LoopSpan most{0};
  for (int i = 1; i < 500; ++i) {
    day.next();
    day.table.finish("s/a", NextRound::normal, day.now);
    LoopSpan off = (day.table.due("s/a") - second) - i * LoopSpan(60s);
    if (off < 0s) off = -off;
    EXPECT_LE(off, 24s);  // both ends moved by 12 s at most: it does not wander
    most = std::max(most, off);
  }
  EXPECT_GT(most, 10s);
}

TEST(Timetable, AStallOfFiveIntervalsIsOneRoundAndTheOthersAreCounted) {
  Day day;
  day.table.set_targets({named("a"), named("b")}, steady(), day.now);
  day.now += 5 * 60s + 30s;
  EXPECT_GE(day.table.advance(day.now), 10U);
  const auto first = day.table.begin(day.now);
  const auto second = day.table.begin(day.now);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->assignment.target->name, second->assignment.target->name);
  EXPECT_GE(first->lag, 5 * 60s);
  EXPECT_FALSE(day.table.begin(day.now));
  day.table.finish("s/a", NextRound::normal, day.now);
  day.table.finish("s/b", NextRound::normal, day.now);
  EXPECT_EQ(day.table.advance(day.now), 0U);
  EXPECT_FALSE(day.table.begin(day.now));
  EXPECT_GT(day.table.earliest_due(), day.now);
}

TEST(Timetable, AWaitOfAWholeIntervalIsCountedWhenItHappensAndKeepsItsPlaceInTheQueue) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  const LoopTime due = day.table.due("s/a");
  EXPECT_EQ(day.table.advance(due), 0U);
  EXPECT_EQ(day.table.next_event(), due + 60s);
  EXPECT_EQ(day.table.advance(due + 59s), 0U);
  EXPECT_EQ(day.table.advance(due + 60s), 1U);
  EXPECT_EQ(day.table.advance(due + 61s), 0U);
  EXPECT_EQ(day.table.advance(due + 120s), 1U);
  EXPECT_EQ(day.table.earliest_due(), due);
  EXPECT_EQ(day.table.begin(due + 125s)->lag, 125s);
}

TEST(Timetable, ARoundThatOutlastsItsIntervalMissesOne) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  day.table.finish("s/a", NextRound::normal, day.now);
  day.next();
  const LoopTime began = day.now;
  day.now += 150s;
  EXPECT_EQ(day.table.advance(day.now), 0U);
  day.table.finish("s/a", NextRound::normal, day.now);
  EXPECT_EQ(day.table.advance(day.now), 2U);
  EXPECT_EQ(day.table.due("s/a"), began + 180s);
}

TEST(Timetable, WhoIsDueLongestGoesFirst) {
  Day day;
  std::vector<SharedTarget> targets;
  for (int i = 0; i < 50; ++i) targets.push_back(named(std::to_string(i)));
  day.table.set_targets(targets, steady(), day.now);
  day.now += 40s;
  day.table.advance(day.now);
  LoopSpan lag = LoopSpan::max();
  for (int i = 0; i < 50; ++i) {
    const auto start = day.table.begin(day.now);
    ASSERT_TRUE(start);
    EXPECT_LE(start->lag, lag);
    lag = start->lag;
  }
  EXPECT_FALSE(day.table.begin(day.now));
}

TEST(Timetable, AReloadKeepsThePlacesOfEqualTargetsAndTakesOutTheOthers) {
  Day day;
  day.table.set_targets({named("a"), named("b"), named("c")}, steady(), day.now);
  for (int i = 0; i < 3; ++i) {
    const auto start = day.next();
    day.table.finish(id_of(start.assignment.target), NextRound::backoff, day.now);
  }
  const LoopTime a = day.table.due("s/a");
  Target changed = named("b");
  changed.url = "https://example.net/other";
  day.now += 1s;
  EXPECT_TRUE(day.table.set_targets({named("a"), changed, named("d")}, steady(), day.now).empty());
  EXPECT_EQ(day.table.due("s/a"), a);
  EXPECT_LE(day.table.due("s/b"), day.now + 1s);
  EXPECT_EQ(day.table.due("s/c"), Timetable::kNever);
  EXPECT_LE(day.table.due("s/d"), day.now + 1s);
  for (int i = 0; i < 2; ++i) {
    const auto start = day.next();
    EXPECT_EQ(start.assignment.turn, 0U);
    EXPECT_EQ(start.assignment.round, Round::deep);
    EXPECT_NE(start.assignment.target->name, "a");
    day.table.finish(id_of(start.assignment.target), NextRound::normal, day.now);
  }
  while (true) {
    const auto start = day.next();
    if (start.assignment.target->name == "a") {
      EXPECT_EQ(start.assignment.turn, 1U);
      EXPECT_EQ(day.now, a);
      break;
    }
    day.table.finish(id_of(start.assignment.target), NextRound::normal, day.now);
  }
}

TEST(Timetable, ARoundOfATargetThatIsGoneIsCalledOffAndItsResultIgnored) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  EXPECT_EQ(day.table.set_targets({}, steady(), day.now), std::vector<std::string>{"s/a"});
  EXPECT_TRUE(day.table.set_targets({}, steady(), day.now).empty()) << "it is called off once";
  EXPECT_FALSE(day.table.finish("s/a", NextRound::confirm, day.now));
  EXPECT_EQ(day.table.next_event(), Timetable::kNever);
  EXPECT_EQ(day.table.earliest_due(), Timetable::kNever);
}

TEST(Timetable, ATargetThatComesBackWaitsForItsOldRoundToEnd) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  day.table.set_targets({}, steady(), day.now);
  EXPECT_TRUE(day.table.set_targets({named("a")}, steady(), day.now).empty());
  day.now += 10s;
  day.table.advance(day.now);
  EXPECT_FALSE(day.table.begin(day.now));
  EXPECT_FALSE(day.table.finish("s/a", NextRound::backoff, day.now));
  const auto start = day.next();
  EXPECT_EQ(start.assignment.turn, 0U);
  EXPECT_TRUE(day.table.finish("s/a", NextRound::normal, day.now));
}

TEST(Timetable, ATargetThatChangesWhileItsRoundIsUnderWayStartsAnewAfterIt) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  day.next();
  EXPECT_EQ(day.table.set_targets({named("a", 30s)}, steady(), day.now),
            std::vector<std::string>{"s/a"});
  EXPECT_EQ(day.table.due("s/a"), Timetable::kNever);
  day.now += 3s;
  EXPECT_FALSE(day.table.finish("s/a", NextRound::normal, day.now));
  EXPECT_EQ(day.table.due("s/a"), day.now);
  EXPECT_EQ(day.next().assignment.target->interval, 30s);
}

TEST(Timetable, ATargetNamedTwiceIsPlannedOnce) {
  Day day;
  day.table.set_targets({named("a"), named("a", 30s)}, steady(), day.now);
  EXPECT_EQ(day.next().assignment.target->interval, 60s);
  day.now += 600s;
  day.table.advance(day.now);
  EXPECT_FALSE(day.table.begin(day.now));
}

TEST(Timetable, ThatOneWaitsAndMissesATurnIsAmongWhatComes) {
  Day day;
  day.table.set_targets({named("a")}, steady(), day.now);
  const LoopTime due = day.table.due("s/a");
  day.table.advance(due);
  EXPECT_EQ(day.table.next_event(), due + 60s);
  day.table.set_targets({named("a"), named("b", 30s)}, steady(), due);
  EXPECT_EQ(day.table.next_event(), day.table.due("s/b")) << "within an interval of its own";
  EXPECT_EQ(day.table.next_events(90s), due + 60s);
}

TEST(Timetable, AnEmptyPlanHasNoEvents) {
  Timetable table;
  EXPECT_EQ(table.advance(kNoon), 0U);
  EXPECT_FALSE(table.begin(kNoon));
  EXPECT_FALSE(table.finish("s/a", NextRound::normal, kNoon));
  EXPECT_EQ(table.next_event(), Timetable::kNever);
}

TEST(Timetable, WhatIsDueSoonAfterTheFirstIsFoundWithIt) {
  Day day;
  EXPECT_EQ(day.table.next_events(1s), Timetable::kNever);
  std::vector<SharedTarget> targets;
  for (int i = 0; i < 200; ++i) targets.push_back(named(std::to_string(i)));
  day.table.set_targets(targets, steady(), day.now);
  std::vector<LoopTime> due;
  for (const SharedTarget& target : targets) due.push_back(day.table.due(id_of(target)));
  std::ranges::sort(due);
  EXPECT_EQ(day.table.next_event(), due.front());
  EXPECT_EQ(day.table.next_events(1s), *std::prev(std::ranges::upper_bound(due, due.front() + 1s)));
  EXPECT_GT(day.table.next_events(1s), due.front());
  EXPECT_EQ(day.table.next_events(1ns), due.front()) << "it waits for nobody who is not coming";
}

}  // namespace
}  // namespace reachd
