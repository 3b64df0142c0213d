#include "probes/net/waiter.hpp"

#include <optional>

#include <gtest/gtest.h>
#include <boost/asio.hpp>

namespace reachd::net {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

class WaiterTest : public testing::Test {
 protected:
  void wait(Waiter::Clock::time_point deadline) {
    asio::co_spawn(
        io, waiter.until(deadline),
        asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, Ended e) {
          EXPECT_FALSE(error);
          ended = e;
        }));
    io.restart();
  }

  asio::io_context io;
  asio::cancellation_signal signal;
  Waiter waiter{io.get_executor()};
  std::optional<Ended> ended;
};

TEST_F(WaiterTest, AWordEndsTheWaitOnceTheLoopTurnsAgain) {
  wait(Waiter::kNever);
  io.poll();
  EXPECT_FALSE(ended);
  waiter.tell();
  EXPECT_FALSE(ended) << "went on from inside the call";
  io.poll();
  EXPECT_EQ(ended, Ended::told);
}

TEST_F(WaiterTest, AWordThatCameBeforeEndsTheNextWaitAndIsForgotten) {
  waiter.tell();
  wait(Waiter::kNever);
  io.poll();
  EXPECT_EQ(ended, Ended::told);
  ended.reset();
  wait(Waiter::Clock::now() + 5ms);
  io.run_for(10s);
  EXPECT_EQ(ended, Ended::late);
}

TEST_F(WaiterTest, WithoutAWordTheDeadlineEndsIt) {
  const auto deadline = Waiter::Clock::now() + 20ms;
  wait(deadline);
  io.run_for(10s);
  EXPECT_EQ(ended, Ended::late);
  EXPECT_GE(Waiter::Clock::now(), deadline);
}

TEST_F(WaiterTest, AWordCountsEvenWhereTheDeadlineIsOver) {
  wait(Waiter::Clock::now());
  asio::post(io, [&] { waiter.tell(); });
  io.run_for(10s);
  EXPECT_EQ(ended, Ended::told);
}

TEST_F(WaiterTest, WhoeverIsCalledOffIsTold) {
  wait(Waiter::kNever);
  io.poll();
  signal.emit(asio::cancellation_type::terminal);
  io.poll();
  EXPECT_EQ(ended, Ended::cancelled);
}

}  // namespace
}  // namespace reachd::net
