#include "daemon/worker.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/loop.hpp"

namespace reachd {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

TEST(Worker, RunsJobsInTheirOrderAndAllOfThemBeforeItStops) {
  std::vector<int> ran;
  Worker worker(100);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(worker.post([&ran, i] { ran.push_back(i); }));
  worker.stop();
  ASSERT_EQ(ran.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(ran));
  EXPECT_EQ(worker.load().finished, 100U);
  EXPECT_FALSE(worker.post([] {}));
}

TEST(Worker, AFullQueueRefusesAndAStuckJobIsSeenByItsAge) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  Worker worker(2);
  ASSERT_TRUE(worker.post([gone] { gone.wait(); }));
  ASSERT_TRUE(worker.post([] {}));
  EXPECT_FALSE(worker.post([] {}));
  while (worker.load().oldest < 5ms) std::this_thread::yield();
  EXPECT_EQ(worker.load().length, 2U);
  EXPECT_EQ(worker.load().refused, 1U);
  go.set_value();
  worker.stop();
  EXPECT_EQ(worker.load().length, 0U);
  EXPECT_EQ(worker.load().oldest, 0ms);
}

TEST(Worker, AResultComesBackToTheLoopThatAsked) {
  asio::io_context io;
  Worker worker;
  const auto asking = [&]() -> asio::awaitable<bool> {
    const auto loop = std::this_thread::get_id();
    const auto answer = co_await worker.ask([] { return std::this_thread::get_id(); });
    co_return answer && *answer != loop&& std::this_thread::get_id() == loop;
  };
  EXPECT_TRUE(test::run(io, asking()));
}

TEST(Worker, WhatTheWorkThrowsIsThrownWhereItWasAsked) {
  asio::io_context io;
  Worker worker;
  const auto asking = [&]() -> asio::awaitable<int> {
    co_return *co_await worker.ask([]() -> int { throw std::logic_error("a bug"); });
  };
  EXPECT_THROW(test::run(io, asking()), std::logic_error);
}

TEST(Worker, NothingIsTheAnswerOfOneThatHasNoRoom) {
  asio::io_context io;
  Worker worker;
  worker.stop();
  const auto asking = [&]() -> asio::awaitable<bool> {
    co_return (co_await worker.ask([] { return 1; })).has_value();
  };
  EXPECT_FALSE(test::run(io, asking()));
}

}  // namespace
}  // namespace reachd
