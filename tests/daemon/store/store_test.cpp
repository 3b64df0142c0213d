#include "daemon/store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/folder.hpp"
#include "tests/support/measurements.hpp"
#include "tests/support/rows.hpp"

namespace reachd::store {
namespace {

using namespace std::chrono_literals;
using test::batch_with;
using test::Folder;
using test::kNoon;
using test::round_at;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Store, BeginsEmptyAndSaysThatItIsUp) {
  const Folder folder;
  Store store(folder / "new/state", {});
  EXPECT_EQ(store.load(kNoon), Saved{});
  EXPECT_TRUE(store.health().up);
  EXPECT_GT(store.health().bytes, 0U);
}

TEST(Store, GivesBackAtTheNextStartWhatWasSaved) {
  const Folder folder;
  const StateRow state{"gmail/web", R"({"status":"blocked"})", kNoon + 1us};
  const EventRow open{7, R"({"a":1})", kNoon - 96h, kNoon - 90h, std::nullopt};
  const EventRow recent{9, R"({"b":2})", kNoon - 1h, kNoon, kNoon};
  const EventRow old{3, R"({"c":3})", kNoon - 96h, kNoon - 90h, kNoon - 90h};
  {
    Store store(folder.path(), {});
    store.load(kNoon);
    Batch batch = batch_with(state);
    for (const EventRow& event : {open, recent, old}) batch.events[event.number] = event;
    batch.alerts = {{"f1", "{}"}, {"f2", "{}"}};
    EXPECT_TRUE(store.save(batch, kNoon));
    Batch dropped;
    dropped.alerts["f2"] = std::nullopt;
    EXPECT_TRUE(store.save(dropped, kNoon));
    EXPECT_EQ(store.health().waiting, 0U);
  }
  Store store(folder.path(), {});
  const Saved saved = store.load(kNoon);
  EXPECT_THAT(saved.states, ElementsAre(state));
  EXPECT_THAT(saved.events, ElementsAre(open, recent));
  EXPECT_THAT(saved.alerts, ElementsAre(AlertRow{"f1", "{}"}));
  EXPECT_EQ(saved.last_event, 9);
}

TEST(Store, TheLatestOfAStateAndOfAnEventCounts) {
  const Folder folder;
  Store store(folder.path(), {});
  store.load(kNoon);
  store.save(batch_with(StateRow{"a/b", "1", kNoon}), kNoon);
  store.save(batch_with(StateRow{"a/b", "2", kNoon + 1s}), kNoon);
  store.save(batch_with(EventRow{5, "1", kNoon, kNoon, std::nullopt}), kNoon);
  store.save(batch_with(EventRow{5, "2", kNoon, kNoon + 1s, kNoon + 1s}), kNoon);
  const auto events = store.events_since(kNoon, 10);
  ASSERT_TRUE(events);
  EXPECT_THAT(*events, ElementsAre(EventRow{5, "2", kNoon, kNoon + 1s, kNoon + 1s}));
  Store again(folder / "copy", {});
  std::filesystem::create_directory(folder / "copy");
  std::filesystem::copy(folder / "state.sqlite", folder / "copy/state.sqlite");
  std::filesystem::copy(folder / "state.sqlite-wal", folder / "copy/state.sqlite-wal");
  EXPECT_THAT(again.load(kNoon).states, ElementsAre(StateRow{"a/b", "2", kNoon + 1s}));
}

TEST(Store, FindsTheRoundsOfATargetNewestFirst) {
  const Folder folder;
  Store store(folder.path(), {});
  store.load(kNoon);
  Batch batch;
  for (int minute = 0; minute < 60; ++minute) {
    batch.rounds.push_back(round_at("a/b", kNoon + minute * 1min, Status::blocked));
    batch.rounds.push_back(round_at("a/c", kNoon + minute * 1min));
  }
  ASSERT_TRUE(store.save(batch, kNoon));
  const auto all = store.rounds_of("a/b", WallTime{}, WallTime::max(), 100);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 60U);
  EXPECT_EQ(all->back(), round_at("a/b", kNoon, Status::blocked));
  EXPECT_THAT(*store.rounds_of("a/c", kNoon + 7min, kNoon + 10min, 2),
              ElementsAre(round_at("a/c", kNoon + 9min), round_at("a/c", kNoon + 8min)));
  EXPECT_THAT(*store.rounds_of("a/unknown", WallTime{}, WallTime::max(), 100), IsEmpty());
}

TEST(Store, ARowOfARoundSaysWhatTheMeasurementDid) {
  const Measurement measurement = test::good_measurement();
  Verdict verdict;
  verdict.status = Status::ok;
  verdict.rule = "steps.fine";
  const RoundRow row = round_row(measurement, verdict, "why");
  EXPECT_EQ(row.target, "example/web");
  EXPECT_EQ(row.began, measurement.began);
  EXPECT_EQ(row.phases, phases_of(measurement));
  EXPECT_EQ(row.reason, "why");
}

}  // namespace
}  // namespace reachd::store
