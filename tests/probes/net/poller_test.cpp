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

  // For as long as `watch` lives.
  void watch_near() {
    ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told, watch.emplace()));
  }

  asio::io_context io;
  std::optional<Poller> poller{std::in_place, io.get_executor()};
  Ends ends;
  Told told;
  std::optional<Poller::Watch> watch;
};

TEST_F(PollerTest, AWatcherIsToldForAsLongAsSomethingIsThere) {
  told.then = [&] {
    if (told.calls.size() == 3) ends.hear();
  };
  watch_near();
  turn();
  EXPECT_TRUE(told.calls.empty());
  ends.say();
  turn();
  ASSERT_EQ(told.calls.size(), 3U);
  EXPECT_EQ(told.calls[0].first, ends.near.descriptor());
  EXPECT_EQ(told.calls[0].second, std::uint32_t{EPOLLIN});
}

TEST_F(PollerTest, TheLoopEndsWhenNothingIsWatchedAnyMore) {
  watch_near();
  io.poll();
  EXPECT_FALSE(io.stopped());
  watch.reset();
  io.run_for(10s);
  EXPECT_TRUE(io.stopped());
}

TEST_F(PollerTest, WhatIsForgottenAndNotClosedIsNotToldAndCostsNothing) {
  const Ends others;
  Told keeping;
  Poller::Watch kept;
  ASSERT_TRUE(poller->watch(others.near.descriptor(), EPOLLIN, keeping, kept));
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
  std::optional<Ends> pair(std::in_place);
  const int number = pair->near.descriptor();
  ASSERT_TRUE(poller->watch(number, EPOLLIN, first));
  pair->say();
  pair.reset();
  pair.emplace();
  ASSERT_EQ(pair->near.descriptor(), number);
  ASSERT_TRUE(poller->watch(number, EPOLLIN, second));
  poller->forget(number, first);
  second.then = [&] { pair->hear(); };
  turn();
  EXPECT_TRUE(second.calls.empty());
  pair->say();
  turn();
  EXPECT_TRUE(first.calls.empty());
  EXPECT_EQ(second.calls.size(), 1U);
  poller->forget(number, second);
}

// Both are ready in one turn; the first that is told closes the other, whose number is taken again.
TEST_F(PollerTest, AnEventOfAClosedDescriptorIsNotTheNextOnes) {
  std::array<std::optional<Ends>, 2> pairs;
  std::array<Told, 2> tellers;
  Told stranger;
  std::optional<Ends> next;
  const auto close_other = [&](std::size_t other) {
    if (next) return;
    const int number = pairs[other]->near.descriptor();
    poller->forget(number, tellers[other]);
    pairs[other].reset();
    next.emplace();
    for (const Socket* end : {&next->near, &next->far}) {
      if (end->descriptor() == number) poller->watch(number, EPOLLIN, stranger);
    }
  };
  for (std::size_t i = 0; i < 2; ++i) {
    pairs[i].emplace();
    tellers[i].then = [&, i] {
      close_other(1 - i);
      pairs[i]->hear();
    };
    ASSERT_TRUE(poller->watch(pairs[i]->near.descriptor(), EPOLLIN, tellers[i]));
    pairs[i]->say();
  }
  turn();
  EXPECT_EQ(tellers[0].calls.size() + tellers[1].calls.size(), 1U);
  EXPECT_TRUE(stranger.calls.empty());
  poller->forget(next->near.descriptor(), stranger);
  poller->forget(next->far.descriptor(), stranger);
}

TEST_F(PollerTest, ReadyWaitsOnceAndTheDescriptorMayThenBeWatchedByAnother) {
  ends.say();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  const auto ready = test::run(io, poller->ready(ends.near.descriptor(), EPOLLIN, deadline));
  EXPECT_EQ(ready.ended, Ended::told);
  EXPECT_EQ(ready.events, std::uint32_t{EPOLLIN});
  turn();
  EXPECT_TRUE(io.stopped()) << "it is watched still";
  told.then = [&] { ends.hear(); };
  ASSERT_TRUE(poller->watch(ends.near.descriptor(), EPOLLIN, told));
  turn();
  EXPECT_EQ(told.calls.size(), 1U);
  poller->forget(ends.near.descriptor(), told);
}

TEST_F(PollerTest, ReadyEndsAtItsDeadline) {
  const auto deadline = std::chrono::steady_clock::now() + 10ms;
  EXPECT_EQ(test::run(io, poller->ready(ends.near.descriptor(), EPOLLIN, deadline)).ended,
            Ended::late);
}

TEST_F(PollerTest, WhatCannotBeWatchedIsAnError) {
  EXPECT_FALSE(poller->watch(999'999, EPOLLIN, told));
  EXPECT_EQ(errno, EBADF);
  EXPECT_THROW(test::run(io, poller->ready(999'999, EPOLLIN, Waiter::kNever)),
               boost::system::system_error);
}

TEST_F(PollerTest, AWatchMayOutliveThePoller) {
  watch_near();
  poller.reset();
  ends.say();
  turn();
  EXPECT_TRUE(told.calls.empty());
}

TEST_F(PollerTest, ManyThatAreReadyAtOnceAreAllTold) {
  std::vector<Ends> all(300);
  std::vector<Told> tellers(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    tellers[i].then = [&, i] { all[i].hear(); };
    ASSERT_TRUE(poller->watch(all[i].near.descriptor(), EPOLLIN, tellers[i]));
    all[i].say();
  }
  turn();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(tellers[i].calls.size(), 1U);
    poller->forget(all[i].near.descriptor(), tellers[i]);
  }
}

}  // namespace
}  // namespace reachd::net
