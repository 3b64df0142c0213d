#include "daemon/store/saver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <boost/asio/use_awaitable.hpp>

#include "tests/support/folder.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/rows.hpp"

namespace reachd::store {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::Folder;
using test::kNoon;
using testing::ElementsAre;

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 20ms);
  co_await timer.async_wait(asio::use_awaitable);
}

TEST(Saver, WritesWithinTheSecondAndAnswersQuestions) {
  const Folder folder;
  asio::io_context io;
  Worker worker;
  Saver saver(io.get_executor(), worker, folder.path(), {});
  saver.load();
  const auto story = [&]() -> asio::awaitable<std::size_t> {
    saver.start();
    saver.put(test::round_at("a/b", std::chrono::system_clock::now()));
    saver.put(EventRow{1, "{}", kNoon, kNoon, std::nullopt});
    while (saver.health().waiting > 0) co_await pause();
    const auto rounds = co_await saver.rounds_of("a/b", WallTime{}, WallTime::max(), 10);
    const auto events = co_await saver.events_since(WallTime{}, 10);
    const auto hours = co_await saver.hours_of("a/b", WallTime{}, WallTime::max());
    co_await saver.stop();
    co_return rounds->size() + events->size() + hours->size();
  };
  EXPECT_EQ(test::run(io, story()), 2U);
}

TEST(Saver, AnEventDoesNotWaitForTheSecond) {
  const Folder folder;
  asio::io_context io;
  Worker worker;
  Saver saver(io.get_executor(), worker, folder.path(), {});
  saver.load();
  // The least of some: a disk may take longer than a second, a saver that waits for it never less.
  const auto story = [&]() -> asio::awaitable<std::chrono::steady_clock::duration> {
    saver.start();
    auto least = std::chrono::steady_clock::duration::max();
    for (std::int64_t id = 1; id <= 5 && least >= 900ms; ++id) {
      saver.put(StateRow{"a/b", "{}", kNoon});
      while (saver.health().waiting > 0) co_await pause();  // the next second begins now
      const auto put = std::chrono::steady_clock::now();
      saver.put(EventRow{id, "{}", kNoon, kNoon, std::nullopt});
      while (saver.health().waiting > 0) co_await pause();
      least = std::min(least, std::chrono::steady_clock::now() - put);
    }
    co_await saver.stop();
    co_return least;
  };
  EXPECT_LT(test::run(io, story()), 900ms);
}

TEST(Saver, WhatWasPutBeforeTheStopIsThereAtTheNextStart) {
  const Folder folder;
  asio::io_context io;
  const StateRow state{"a/b", "{}", kNoon};
  const auto run_once = [&](bool drop) {
    Worker worker;
    Saver saver(io.get_executor(), worker, folder.path(), {});
    const Saved saved = saver.load();
    const auto story = [&]() -> asio::awaitable<bool> {
      saver.start();
      saver.put(state);
      saver.put(AlertRow{"f", "{}"});
      if (drop) saver.drop_alert("f");
      co_await saver.stop();
      co_return true;
    };
    test::run(io, story());
    return saved;
  };
  EXPECT_EQ(run_once(false), Saved{});
  const Saved saved = run_once(true);
  EXPECT_THAT(saved.states, ElementsAre(state));
  EXPECT_THAT(saved.alerts, ElementsAre(AlertRow{"f", "{}"}));
  EXPECT_TRUE(run_once(false).alerts.empty());
}

TEST(Saver, TheLastNumberOfAnEventIsAboveAllThatCouldNotBeRead) {
  const Folder folder;
  asio::io_context io;
  Worker worker;
  EXPECT_EQ(Saver(io.get_executor(), worker, folder.path(), {}).load().last_event, 0);
  std::ofstream(folder / "state.sqlite") << std::string(8192, 'x');
  const auto damaged = Saver(io.get_executor(), worker, folder.path(), {}).load().last_event;
  EXPECT_GT(damaged, 1'700'000'000'000);
  EXPECT_LT(damaged, std::int64_t{1} << 53) << "JSON's readers know no larger whole number";
}

TEST(Saver, GoesOnWithoutAFolderAndWritesAllOnceThereIsOne) {
  const Folder folder;
  asio::io_context io;
  Worker worker;
  std::ofstream(folder / "state") << "a file in the way";
  Saver saver(io.get_executor(), worker, folder / "state", {});
  saver.load();
  EXPECT_FALSE(saver.health().up);
  const auto story = [&]() -> asio::awaitable<std::size_t> {
    saver.start();
    saver.put(test::round_at("a/b", std::chrono::system_clock::now()));
    const auto failed = co_await saver.rounds_of("a/b", WallTime{}, WallTime::max(), 10);
    EXPECT_FALSE(failed);
    std::filesystem::remove(folder / "state");
    while (!saver.health().up || saver.health().waiting > 0) co_await pause();
    const auto rounds = co_await saver.rounds_of("a/b", WallTime{}, WallTime::max(), 10);
    co_await saver.stop();
    co_return rounds->size();
  };
  EXPECT_EQ(test::run(io, story()), 1U);
}

}  // namespace
}  // namespace reachd::store
