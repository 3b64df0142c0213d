// Sockets watched by an epoll set of our own, their numbers changing hands.
#include "probes/net/poller.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio.hpp>

#include "probes/net/socket.hpp"
#include "tests/support/loop.hpp"

namespace reachd::net {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

// Two ends that are connected to each other.
struct Ends {
  Ends() {
    std::array<int, 2> both{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both.data()) != 0) std::abort();
    near = Socket(both[0]);
    far = Socket(both[1]);
  }
  void say() const { ASSERT_EQ(::send(far.descriptor(), "x", 1, 0), 1); }
  void hear() const {
    char byte = 0;
    ASSERT_EQ(::recv(near.descriptor(), &byte, 1, 0), 1);
  }

  Socket near;
  Socket far;
};

struct Told final : Poller::Watcher {
  void on_ready(int descriptor, std::uint32_t events) override {
    calls.emplace_back(descriptor, events);
    if (then) then();
  }

  std::vector<std::pair<int, std::uint32_t>> calls;
  std::function<void()> then;
};

class PollerTest : public testing::Test {
 protected:
  // Lets the loop turn until nothing is to be done any more.
  void turn() {
    io.restart();
    int turns = 0;
    for (int idle = 0; idle < 3 && turns < 3000; ++idle, ++turns) {
      if (io.poll_one() != 0) idle = 0;
    }
    EXPECT_LT(turns, 3000) << "something keeps the loop busy";
  }

  asio::io_context io;
  std::optional<Poller> poller{std::in_place, io.get_executor()};
};

TEST_F(PollerTest, AWatcherIsToldForAsLongAsSomethingIsThere) {
  const Ends ends;
  Told told;
  told.then = [&] {
    if (told.calls.size() == 3) ends.hear();
  };
  Poller::Watch watch;
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told, watch));
  turn();
  EXPECT_TRUE(told.calls.empty());
  ends.say();
  turn();
  ASSERT_EQ(told.calls.size(), 3U);
  EXPECT_EQ(told.calls[0].first, ends.near.descriptor());
  EXPECT_EQ(told.calls[0].second, std::uint32_t{EPOLLIN});
}

TEST_F(PollerTest, TheLoopEndsWhenNothingIsWatchedAnyMore) {
  const Ends ends;
  Told told;
  {
    Poller::Watch watch;
    ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told, watch));
    io.poll();
    EXPECT_FALSE(io.stopped());
  }
  io.run_for(10s);
  EXPECT_TRUE(io.stopped());
}

TEST_F(PollerTest, WhatIsForgottenAndNotClosedIsNotToldAndCostsNothing) {
  const Ends ends;
  const Ends others;
  Told told;
  Told keeping;
  Poller::Watch watch;
  ASSERT_TRUE(poller->watch(others.near.descriptor(), EPOLLIN, keeping, watch));
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told));
  poller->forget(ends.near.descriptor(), told);
  ends.say();
  turn();
  EXPECT_TRUE(told.calls.empty());
  EXPECT_EQ(io.poll_one(), 0U) << "the silent one still wakes the loop";
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told));
  told.then = [&] { ends.hear(); };
  turn();
  EXPECT_EQ(told.calls.size(), 1U);
  poller->forget(ends.near.descriptor(), told);
}

TEST_F(PollerTest, AnotherWatcherTakesADescriptorOverAndTheFormerCannotForgetIt) {
  const Ends ends;
  Told first;
  Told second;
  second.then = [&] { ends.hear(); };
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, first));
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, second));
  poller->forget(ends.near.descriptor(), first);
  ends.say();
  turn();
  EXPECT_TRUE(first.calls.empty());
  EXPECT_EQ(second.calls.size(), 1U);
  poller->forget(ends.near.descriptor(), second);
}

// As libcurl does it: closed without a word, and the number is another's at once.
TEST_F(PollerTest, AClosedDescriptorsNumberBelongsToTheNext) {
  Told first;
  Told second;
  std::optional<Ends> ends(std::in_place);
  const int number = ends->near.descriptor();
  ASSERT_TRUE(poller->watch(number, EPOLLIN, first));
  ends->say();
  ends.reset();
  ends.emplace();
  ASSERT_EQ(ends->near.descriptor(), number);
  ASSERT_TRUE(poller->watch(number, EPOLLIN, second));
  poller->forget(number, first);
  second.then = [&] { ends->hear(); };
  turn();
  EXPECT_TRUE(second.calls.empty());
  ends->say();
  turn();
  EXPECT_TRUE(first.calls.empty());
  EXPECT_EQ(second.calls.size(), 1U);
  poller->forget(number, second);
}

// Both are ready in one turn; the first that is told closes the other, whose number is taken again.
TEST_F(PollerTest, AnEventOfAClosedDescriptorIsNotTheNextOnes) {
  std::array<std::optional<Ends>, 2> ends;
  std::array<Told, 2> told;
  Told stranger;
  std::optional<Ends> next;
  const auto close_other = [&](std::size_t other) {
    if (next) return;
    const int number = ends[other]->near.descriptor();
    poller->forget(number, told[other]);
    ends[other].reset();
    next.emplace();
    for (const Socket* end : {&next->near, &next->far}) {
      if (end->descriptor() == number) poller->watch(number, EPOLLIN, stranger);
    }
  };
  for (std::size_t i = 0; i < 2; ++i) {
    ends[i].emplace();
    told[i].then = [&, i] {
      close_other(1 - i);
      ends[i]->hear();
    };
    ASSERT_TRUE(poller->watch(ends[i]->near.descriptor(), EPOLLIN, told[i]));
    ends[i]->say();
  }
  turn();
  EXPECT_EQ(told[0].calls.size() + told[1].calls.size(), 1U);
  EXPECT_TRUE(stranger.calls.empty());
  poller->forget(next->near.descriptor(), stranger);
  poller->forget(next->far.descriptor(), stranger);
}

TEST_F(PollerTest, ReadyWaitsOnceAndTheDescriptorMayThenBeWatchedByAnother) {
  const Ends ends;
  ends.say();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  const auto ready = test::run(io, poller->ready(ends.near.descriptor(), EPOLLIN, deadline));
  EXPECT_EQ(ready.ended, Ended::told);
  EXPECT_EQ(ready.events, std::uint32_t{EPOLLIN});
  turn();
  EXPECT_TRUE(io.stopped()) << "it is watched still";
  Told told;
  told.then = [&] { ends.hear(); };
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told));
  turn();
  EXPECT_EQ(told.calls.size(), 1U);
  poller->forget(ends.near.descriptor(), told);
}

TEST_F(PollerTest, ReadyEndsAtItsDeadline) {
  const Ends ends;
  const auto deadline = std::chrono::steady_clock::now() + 10ms;
  EXPECT_EQ(test::run(io, poller->ready(ends.near.descriptor(), EPOLLIN, deadline)).ended,
            Ended::late);
}

TEST_F(PollerTest, WhatCannotBeWatchedIsAnError) {
  Told told;
  EXPECT_FALSE(poller->watch(999'999, EPOLLIN, told));
  EXPECT_EQ(errno, EBADF);
  EXPECT_THROW(test::run(io, poller->ready(999'999, EPOLLIN, Waiter::kNever)),
               boost::system::system_error);
}

TEST_F(PollerTest, AWatchMayOutliveThePoller) {
  const Ends ends;
  Told told;
  Poller::Watch watch;
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told, watch));
  poller.reset();
  ends.say();
  turn();
  EXPECT_TRUE(told.calls.empty());
}

TEST_F(PollerTest, ManyThatAreReadyAtOnceAreAllTold) {
  std::vector<Ends> all(300);
  std::vector<Told> told(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    told[i].then = [&, i] { all[i].hear(); };
    ASSERT_TRUE(poller->watch(all[i].near.descriptor(), EPOLLIN, told[i]));
    all[i].say();
  }
  turn();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(told[i].calls.size(), 1U);
    poller->forget(all[i].near.descriptor(), told[i]);
  }
}

}  // namespace
}  // namespace reachd::net
