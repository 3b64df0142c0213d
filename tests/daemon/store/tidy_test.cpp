// Hours, ages and the bound of the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/store/store.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/rows.hpp"

namespace reachd::store {
namespace {

using namespace std::chrono_literals;
using test::Folder;
using test::kNoon;
using test::round_at;
using testing::ElementsAre;
using testing::IsEmpty;

struct World {
  explicit World(Limits limits = {}) : store(folder.path(), limits) { store.load(kNoon); }
  int finish(WallTime now) {
    int slices = 0;
    while (store.tidy(now)) ++slices;
    return slices;
  }
  Folder folder;
  Store store;
};

TEST(StoreTidy, AnHourIsPutTogetherTenMinutesAfterItsEnd) {
  World world;
  Batch batch;
  for (int minute = 0; minute < 60; ++minute) {
    RoundRow row = round_at("a/b", kNoon + minute * 1min);
    row.phases = {Micros(1000 * (minute + 1)), std::nullopt, std::nullopt, std::nullopt,
                  std::nullopt};
    batch.rounds.push_back(row);
  }
  batch.rounds.push_back(round_at("a/c", kNoon + 59min + 59s, Status::blocked));
  ASSERT_TRUE(world.store.save(batch, kNoon + 1h));
  world.finish(kNoon + 1h + 9min);
  EXPECT_THAT(*world.store.hours_of("a/b", WallTime{}, WallTime::max()), IsEmpty());
  world.finish(kNoon + 1h + 10min);
  HourRow expected{"a/b", kNoon, {60, 0, 0, 0, 0, 0}, {}, {}};
  expected.median[0] = 30ms;
  expected.p95[0] = 57ms;
  EXPECT_THAT(*world.store.hours_of("a/b", WallTime{}, WallTime::max()), ElementsAre(expected));
  EXPECT_THAT(*world.store.hours_of("a/b", kNoon + 1s, WallTime::max()), IsEmpty());
  const auto other = world.store.hours_of("a/c", kNoon, kNoon + 1s);
  ASSERT_EQ(other->size(), 1U);
  EXPECT_EQ(other->front().rounds, (std::array<std::int64_t, 6>{0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(other->front().median[1], 20ms);
}

TEST(StoreTidy, HoursAreWholeThoughManyTargetsTakeSlicesAndAStartComesBetween) {
  const Folder folder;
  constexpr int kTargets = 250;
  {
    Store store(folder.path(), {});
    store.load(kNoon);
    Batch batch;
    for (int i = 0; i < kTargets; ++i) {
      batch.rounds.push_back(round_at("a/" + std::to_string(i), kNoon + i * 1s));
    }
    ASSERT_TRUE(store.save(batch, kNoon));
    EXPECT_TRUE(store.tidy(kNoon + 2h));
  }
  Store store(folder.path(), {});
  store.load(kNoon);
  while (store.tidy(kNoon + 2h)) {
  }
  for (int i = 0; i < kTargets; ++i) {
    const auto hours = store.hours_of("a/" + std::to_string(i), kNoon, kNoon + 1h);
    ASSERT_EQ(hours->size(), 1U) << i;
    EXPECT_EQ(hours->front().rounds[0], 1);
  }
}

TEST(StoreTidy, WhatIsOlderThanItMayBeGoesButAnOpenEventAndTheHighestNumberStay) {
  World world;
  Batch batch = test::batch_with(round_at("a/b", kNoon));
  batch.events[1] = {1, "{}", kNoon, kNoon, std::nullopt};
  batch.events[2] = {2, "{}", kNoon, kNoon, kNoon};
  batch.events[3] = {3, "{}", kNoon, kNoon, kNoon};
  batch.states["a/b"] = {"a/b", "{}", kNoon};
  ASSERT_TRUE(world.store.save(batch, kNoon));
  world.finish(kNoon + 47h);
  EXPECT_EQ(world.store.rounds_of("a/b", WallTime{}, WallTime::max(), 9)->size(), 1U);
  world.finish(kNoon + 49h);
  EXPECT_THAT(*world.store.rounds_of("a/b", WallTime{}, WallTime::max(), 9), IsEmpty());
  EXPECT_EQ(world.store.hours_of("a/b", WallTime{}, WallTime::max())->size(), 1U);
  EXPECT_EQ(world.store.events_since(WallTime{}, 9)->size(), 3U);
  world.finish(kNoon + 24h * 30 + 1h);
  EXPECT_THAT(*world.store.hours_of("a/b", WallTime{}, WallTime::max()), IsEmpty());
  const auto events = world.store.events_since(WallTime{}, 9);
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(events->at(0).number, 3);
  EXPECT_EQ(events->at(1).number, 1);
  EXPECT_EQ(world.store.load(kNoon + 24h * 31).states.size(), 1U);
}

TEST(StoreTidy, TheFileKeepsItsBoundAndTheNewestRoundsStay) {
  World world({48h, 24h * 30, 1'000'000});
  for (int minute = 0; minute < 300; ++minute) {
    Batch batch;
    for (int i = 0; i < 100; ++i) {
      batch.rounds.push_back(
          round_at("a/" + std::to_string(i), kNoon + minute * 1min, Status::blocked));
    }
    ASSERT_TRUE(world.store.save(batch, kNoon));
    world.finish(kNoon + minute * 1min);
  }
  const auto kept = world.store.rounds_of("a/1", WallTime{}, WallTime::max(), 1000);
  ASSERT_FALSE(kept->empty());
  EXPECT_LT(kept->size(), 300U);
  EXPECT_EQ(kept->front().began, kNoon + 299min);
  world.store.set_limits({48h, 24h * 30, 300'000});
  world.finish(kNoon + 300min);
  {
    const Store closed = std::move(world.store);
  }  // its log goes into the file
  EXPECT_LT(std::filesystem::file_size(world.folder / "state.sqlite"), 300'001U);
}

TEST(Batch, OfRoundsAndClosedEventsTheOldestGoWhereTooManyWait) {
  Batch batch;
  Batch newer;
  for (std::int64_t i = 0; i < 25'000; ++i) {
    (i < 10'000 ? batch : newer).rounds.push_back(round_at("a/b", kNoon + i * 1s));
  }
  const auto events = static_cast<std::int64_t>(Batch::kMostClosedEvents);
  batch.events[1] = {1, "open", kNoon, kNoon, std::nullopt};
  for (std::int64_t i = 2; i < events + 12; ++i) batch.events[i] = {i, "", kNoon, kNoon, kNoon};
  EXPECT_EQ(absorb(batch, std::move(newer)), 5'000U + 11U);
  EXPECT_EQ(batch.rounds.size(), Batch::kMostRounds);
  EXPECT_EQ(batch.rounds.back().began, kNoon + 24'999s);
  EXPECT_EQ(batch.events.begin()->second.json, "open");
  EXPECT_EQ(std::next(batch.events.begin())->first, 13);
}

TEST(Batch, WhatIsNewerStands) {
  Batch batch = test::batch_with(StateRow{"a/b", "old", kNoon});
  batch.alerts["f"] = "told";
  Batch newer = test::batch_with(StateRow{"a/b", "new", kNoon});
  newer.alerts["f"] = std::nullopt;
  absorb(batch, std::move(newer));
  EXPECT_EQ(batch.states["a/b"].json, "new");
  EXPECT_EQ(batch.alerts["f"], std::nullopt);
}

}  // namespace
}  // namespace reachd::store
