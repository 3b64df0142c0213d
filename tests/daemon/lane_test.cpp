#include "daemon/lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <stdexcept>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/elsewhere.hpp"
#include "probes/net/together.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::SizeIs;

std::vector<ResolverSettings> resolvers(std::uint16_t port) {
  return {{"r", ResolverSettings::Kind::udp, "127.0.0.1", port, {}, {}}};
}

SharedTarget web(const std::string& name, std::uint16_t port) {
  Target target;
  target.service = "s";
  target.name = name;
  target.scheme = Scheme::http;
  target.host = name + ".test";
  target.port = port;
  target.url = "http://" + target.host + ":" + std::to_string(port) + "/";
  target.families = {Family::ipv4};
  target.timeout = 5s;
  return target;
}

// Another thread's loop.
struct Other {
  Other() : guard(asio::make_work_guard(io)), thread([this] { io.run(); }) {}
  ~Other() {
    io.stop();
    thread.join();
  }
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> guard;
  std::thread thread;
};

TEST(Elsewhere, RunsThereAndComesBackHere) {
  asio::io_context io;
  Other other;
  const auto where = []() -> asio::awaitable<std::thread::id> {
    co_return std::this_thread::get_id();
  };
  const auto asking = [&]() -> asio::awaitable<bool> {
    const auto here = std::this_thread::get_id();
    const auto there = co_await net::elsewhere(other.io.get_executor(), where());
    co_return there == other.thread.get_id() && std::this_thread::get_id() == here;
  };
  EXPECT_TRUE(test::run(io, asking()));
}

TEST(Elsewhere, WhatIsThrownThereIsThrownHere) {
  asio::io_context io;
  Other other;
  const auto broken = []() -> asio::awaitable<int> {
    throw std::logic_error("a bug");
    co_return 0;
  };
  const auto asking = [&]() -> asio::awaitable<int> {
    co_return co_await net::elsewhere(other.io.get_executor(), broken());
  };
  EXPECT_THROW(test::run(io, asking()), std::logic_error);
}

// Over and over, so that the signal meets every moment: before it runs, while it waits, at its end.
TEST(Elsewhere, ACancelledWaitEndsWhateverItWaitsFor) {
  asio::io_context io;
  Other other;
  const auto waiting = [&](std::chrono::microseconds time) -> asio::awaitable<int> {
    asio::steady_timer timer(other.io, time);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    co_return error ? 1 : 2;
  };
  const auto asking = [&](std::chrono::microseconds time) -> asio::awaitable<int> {
    co_return co_await net::elsewhere(other.io.get_executor(), waiting(time));
  };
  int ended = 0;
  int called_off = 0;
  for (int i = 0; i < 300; ++i) {
    asio::cancellation_signal signal;
    asio::steady_timer later(io, std::chrono::microseconds(i));
    later.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
    // An hour: only the signal ends it. A moment: both come together.
    const auto time = std::chrono::microseconds(i % 2 == 0 ? 3'600'000'000 : 100);
    asio::co_spawn(
        io, asking(time),
        asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, int result) {
          ++ended;
          called_off += error || result == 1 ? 1 : 0;
        }));
    io.restart();
    io.run_for(20s);
  }
  EXPECT_EQ(ended, 300);
  EXPECT_GE(called_off, 150);
}

class LaneTest : public testing::Test {
 protected:
  std::shared_ptr<Lane> lane() {
    return std::make_shared<Lane>(loop.trust.separate(), resolvers(dns.port()), loop.pace);
  }
  test::Loop loop;
  test::DnsServer dns{loop.io, test::answering({"127.0.0.1"})};
  test::TcpServer server{
      loop.io, {test::request(), test::Send{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"}}};
};

TEST_F(LaneTest, ClimbsAsTheFirstLoopDoes) {
  const auto seen = test::run(loop.io, climb_on(lane(), web("a", server.port()), Climb{}));
  EXPECT_EQ(seen.target, "a");
  ASSERT_FALSE(seen.observations.empty());
  const auto& last = seen.observations.back();
  EXPECT_FALSE(last.failure);
  EXPECT_EQ(std::get<HttpSeen>(last.seen).body, "hi");
}

TEST_F(LaneTest, ItsOwnThreadTellsThatAClimbOnlyListens) {
  const auto one = lane();
  std::promise<std::thread::id> teller;
  Climb how;
  how.only_listens = [&] { teller.set_value(std::this_thread::get_id()); };
  test::run(loop.io, climb_on(one, web("a", server.port()), how));
  auto told = teller.get_future();
  ASSERT_EQ(told.wait_for(0s), std::future_status::ready);
  EXPECT_NE(told.get(), std::this_thread::get_id());
}

TEST_F(LaneTest, ManyClimbSideBySideAtOnePace) {
  std::vector<std::shared_ptr<Lane>> lanes;
  for (int i = 0; i < 3; ++i) lanes.push_back(lane());
  std::vector<asio::awaitable<Measurement>> climbs;
  const Climb how;
  for (int i = 0; i < 60; ++i) {
    const auto target = web("t" + std::to_string(i), server.port());
    climbs.push_back(climb_on(lanes[static_cast<std::size_t>(i) % 3], target, how));
  }
  const auto all = test::run(
      loop.io, net::together(asio::any_io_executor(loop.io.get_executor()), std::move(climbs)));
  ASSERT_THAT(all, SizeIs(60));
  for (const Measurement& one : all) EXPECT_FALSE(one.observations.back().failure) << one.target;
  EXPECT_EQ(loop.pace.addresses(), 1U) << "the pace is the first loop's: it knows of all of them";
}

TEST_F(LaneTest, AClimbThatIsCalledOffEnds) {
  test::TcpServer silent(loop.io, {test::Hang{}});
  asio::cancellation_signal signal;
  const Climb how;
  bool ended = false;
  const auto target = web("a", silent.port());
  asio::co_spawn(
      loop.io, climb_on(lane(), target, how),
      asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, const Measurement&) {
        ended = true;
        loop.io.stop();
      }));
  asio::steady_timer later(loop.io, 100ms);
  later.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
  const auto began = Clock::now();
  loop.io.run_for(20s);
  EXPECT_TRUE(ended);
  EXPECT_LT(Clock::now() - began, 4s) << "the target's own patience is five seconds";
}

TEST_F(LaneTest, OtherResolversAreForTheNextClimb) {
  test::DnsServer other(loop.io, test::answering({"127.0.0.2"}));
  const auto one = lane();
  one->configure(loop.trust.separate(), resolvers(other.port()));
  const auto seen = test::run(loop.io, climb_on(one, web("a", server.port()), Climb{}));
  EXPECT_EQ(seen.observations.front().peer.port, other.port());
}

TEST_F(LaneTest, OneThatHangsGivesNoSignOfLife) {
  const auto one = lane();
  const auto began = one->turned();
  while (one->turned() <= began) {
    one->ask_for_sign();
    std::this_thread::yield();
  }
  std::promise<void> go;
  std::promise<void> hangs;
  asio::post(one->executor(), [&] {
    hangs.set_value();
    go.get_future().wait();
  });
  hangs.get_future().wait();
  const auto last = one->turned();
  one->ask_for_sign();
  std::this_thread::yield();
  EXPECT_EQ(one->turned(), last);
  go.set_value();
  while (one->turned() == last) std::this_thread::yield();
}

TEST_F(LaneTest, TargetsKeepTheirLaneAndTheFirstLoopHasHalfAsMany) {
  std::vector<std::shared_ptr<Lane>> lanes{lane(), lane()};
  std::map<const Lane*, int> share;
  for (int i = 0; i < 5000; ++i) {
    const auto target = web("t" + std::to_string(i), 80);
    const auto chosen = lane_of(lanes, *target);
    EXPECT_EQ(lane_of(lanes, *target), chosen);
    ++share[chosen.get()];
  }
  EXPECT_NEAR(share[nullptr], 1000, 150);
  EXPECT_NEAR(share[lanes[0].get()], 2000, 200);
  EXPECT_NEAR(share[lanes[1].get()], 2000, 200);
  EXPECT_EQ(lane_of({}, *web("t", 80)), nullptr);
}

}  // namespace
}  // namespace reachd
