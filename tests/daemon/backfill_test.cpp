#include "daemon/backfill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/boards.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/rows.hpp"

namespace reachd {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::kNoon;

class Backfill : public testing::Test {
 protected:
  // A day and more of rounds, some of them put together into hours.
  Backfill() {
    remember();
    saver.load();
    test::add_target(board, "a", "web");
    test::add_target(board, "a", "new");
  }

  void remember() {
    store::Store store(folder.path(), {});
    store.load(kNoon);
    store::Batch batch;
    for (int half_hour = 0; half_hour < 60; ++half_hour) {
      const WallTime began = kNoon - half_hour * 30min - 1min;
      const Status status = half_hour == 3 ? Status::blocked : Status::ok;
      batch.rounds.push_back(test::round_at("a/web", began, status));
    }
    batch.rounds.push_back(test::round_at("gone/web", kNoon - 1min));
    store.save(batch, kNoon);
    while (store.tidy(kNoon)) {
    }
  }

  void fill(WallTime until) {
    const auto story = [&]() -> asio::awaitable<int> {
      co_await fill_timelines(board, saver, until);
      co_return 0;
    };
    test::run(io, story());
  }
  const Timeline& timeline() { return board.targets.at("a/web").timeline; }

  test::Folder folder;
  asio::io_context io;
  Worker worker;
  store::Saver saver{io.get_executor(), worker, folder.path(), {}};
  Board board;
};

TEST_F(Backfill, ADayAndAMonthAreThereAfterAStart) {
  fill(kNoon);
  const auto spans = timeline().half_hours(kNoon);
  for (std::size_t at = 0; at < spans.size() - 1; ++at) {
    EXPECT_EQ(spans.at(at).tally.sum(), 1U) << at;
    EXPECT_EQ(spans.at(at).tally.of(Status::blocked), at == 43 ? 1U : 0U) << at;
  }
  EXPECT_EQ(spans[47].tally.sum(), 0U) << "it has only begun";
  EXPECT_FLOAT_EQ(spans[46].latency, 95.0F);  // all phases but the transfer
  const auto days = timeline().days(kNoon);
  EXPECT_EQ(days[29].sum(), 24U) << "twelve hours of today";
  EXPECT_EQ(days[28].sum(), 36U);
  EXPECT_EQ(days[29].of(Status::blocked), 1U);
  EXPECT_EQ(board.targets.at("a/new").timeline, Timeline{});
}

TEST_F(Backfill, WhatIsThereIsNotFilledTwiceAndRoundsOfNowAreNotCountedTwice) {
  board.targets.at("a/web").timeline.add(kNoon - 1min, Status::ok, 95ms);  // ended, and kept
  fill(kNoon - 2min);
  EXPECT_EQ(timeline().half_hours(kNoon - 1s)[47].tally.sum(), 1U);
  EXPECT_EQ(timeline().half_hours(kNoon - 1s)[46].tally.sum(), 1U);
  const Timeline once = timeline();
  test::add_target(board, "a", "later");
  fill(kNoon);
  EXPECT_EQ(timeline(), once);
}

TEST_F(Backfill, AStoreThatCannotBeReadLeavesItEmpty) {
  worker.stop();
  fill(kNoon);
  EXPECT_EQ(timeline().half_hours(kNoon), Timeline{}.half_hours(kNoon));
}

}  // namespace
}  // namespace reachd
