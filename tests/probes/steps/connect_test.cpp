#include "probes/steps/connect.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <gtest/gtest.h>
#include <boost/asio.hpp>

#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd::steps {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::TcpServer;

class ConnectTest : public testing::Test {
 protected:
  Attempt attempt_to(std::uint16_t port, std::chrono::milliseconds patience = 10s) {
    const auto now = Clock::now();
    return {{"127.0.0.1", port}, now, now + patience, 40001, 2};
  }
  // A port whose queue is full, so that a SYN gets no answer.
  std::uint16_t deaf_port() {
    deaf_.open(asio::ip::tcp::v4());
    deaf_.bind({asio::ip::address_v4::loopback(), 0});
    deaf_.listen(0);
    for (int i = 0; i < 8; ++i) {
      fillers_.emplace_back(loop.io).async_connect(deaf_.local_endpoint(), [](auto) {});
    }
    return deaf_.local_endpoint().port();
  }

  test::Loop loop;

 private:
  asio::ip::tcp::acceptor deaf_{loop.io};
  std::vector<asio::ip::tcp::socket> fillers_;
};

TEST_F(ConnectTest, AnOpenPortGivesASocketAndItsFacts) {
  TcpServer server(loop.io, {test::Hang{}});
  Attempt attempt = attempt_to(server.port());
  Connected connected = test::run(loop.io, connect(loop.way, attempt));
  const Observation& seen = connected.observation;
  EXPECT_EQ(seen.failure, std::nullopt);
  EXPECT_EQ(seen.stage, Stage::tcp);
  EXPECT_EQ(seen.transaction, 40001);
  EXPECT_EQ(seen.depth, 2);
  EXPECT_EQ(to_string(seen.peer), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_GT(seen.took, 0us);
  ASSERT_TRUE(connected.socket);
  EXPECT_NE(::fcntl(connected.socket->descriptor(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(connected.socket->descriptor(), F_GETFD) & FD_CLOEXEC, 0);
  const auto local = net::to_asio(loop.io.get_executor(), std::move(*connected.socket));
  const auto& tcp = std::get<TcpSeen>(seen.seen);
  EXPECT_EQ(tcp.local_port, local.local_endpoint().port());
  ASSERT_TRUE(tcp.info);
  EXPECT_EQ(tcp.info->state, 1);  // established
}

// However late we look: what became of it is the next step's finding.
TEST_F(ConnectTest, APeerThatResetsAtOnceHadTakenTheConnection) {
  TcpServer server(loop.io, {test::Reset{}});
  Attempt attempt = attempt_to(server.port());
  const auto connect_and_wait = [&]() -> asio::awaitable<Connected> {
    Connected connected = co_await connect(loop.way, attempt);
    if (connected.socket) {
      co_await loop.poller.ready(connected.socket->descriptor(), EPOLLIN, attempt.deadline);
    }
    co_return connected;
  };
  const Connected connected = test::run(loop.io, connect_and_wait());
  EXPECT_EQ(connected.observation.failure, std::nullopt);
  ASSERT_TRUE(connected.socket);
  char byte = 0;
  EXPECT_EQ(::recv(connected.socket->descriptor(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(ConnectTest, AClosedPortIsRefused) {
  TcpServer server(loop.io, {});
  server.close();
  Attempt attempt = attempt_to(server.port());
  const Connected connected = test::run(loop.io, connect(loop.way, attempt));
  EXPECT_EQ(connected.observation.failure, (Failure{Word::connection_refused, {}}));
  EXPECT_FALSE(connected.socket);
}

TEST_F(ConnectTest, SilenceEndsAtTheDeadline) {
  Attempt attempt = attempt_to(deaf_port(), 150ms);
  const Connected connected = test::run(loop.io, connect(loop.way, attempt));
  EXPECT_EQ(connected.observation.failure, (Failure{Word::generic_timeout_error, {}}));
  EXPECT_GE(connected.observation.began + connected.observation.took, 149ms);  // cut to µs, both
  EXPECT_LT(connected.observation.took, 5s);
}

TEST_F(ConnectTest, BeingCalledOffIsOurs) {
  Attempt attempt = attempt_to(deaf_port());
  asio::cancellation_signal signal;
  std::optional<Failure> failure;
  asio::co_spawn(loop.io, connect(loop.way, attempt),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Connected c) {
                   failure = c.observation.failure;
                   loop.io.stop();
                 }));
  asio::steady_timer timer(loop.io, 50ms);
  timer.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
  loop.io.run_for(20s);
  EXPECT_EQ(failure, (Failure{Word::reachd_cancelled, {}}));
}

TEST_F(ConnectTest, NoDescriptorLeftIsOurs) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit none{3, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  Attempt attempt = attempt_to(9);
  const Connected connected = test::run(loop.io, connect(loop.way, attempt));
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(connected.observation.failure, (Failure{Word::reachd_no_descriptors, {}}));
}

TEST_F(ConnectTest, APeerThatIsNoAddressIsAFaultOfOurs) {
  Attempt attempt = attempt_to(80);
  attempt.peer.address = "example.org";
  const Connected connected = test::run(loop.io, connect(loop.way, attempt));
  ASSERT_TRUE(connected.observation.failure);
  EXPECT_EQ(connected.observation.failure->word, Word::reachd_internal);
}

TEST_F(ConnectTest, WaitingForThePaceIsInNoMeasuredTime) {
  TcpServer server(loop.io, {test::Hang{}});
  loop.pace.set_rates({5, 1s}, {});
  for (int i = 0; i < 5; ++i) loop.pace.book("127.0.0.1", Clock::now());
  Attempt attempt = attempt_to(server.port(), 100ms);  // the wait alone is longer
  const auto deadline = attempt.deadline;
  const Connected connected = test::run(loop.io, connect(loop.way, attempt));
  EXPECT_EQ(connected.observation.failure, std::nullopt);
  EXPECT_GE(connected.observation.began, 150ms);
  EXPECT_GE(attempt.deadline - deadline, 150ms);
}

TEST_F(ConnectTest, BeingCalledOffWhileWaitingForThePaceIsOurs) {
  loop.pace.set_rates({1, 1h}, {});
  loop.pace.book("127.0.0.1", Clock::now());
  Attempt attempt = attempt_to(9);
  asio::cancellation_signal signal;
  std::optional<Failure> failure;
  asio::co_spawn(loop.io, connect(loop.way, attempt),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Connected c) {
                   failure = c.observation.failure;
                 }));
  asio::post(loop.io, [&] { signal.emit(asio::cancellation_type::terminal); });
  loop.io.run_for(20s);
  EXPECT_EQ(failure, (Failure{Word::reachd_cancelled, {}}));
}

TEST(TcpInfo, IsNotToBeHadOfAFile) {
  EXPECT_EQ(tcp_info_of(-1), std::nullopt);
  EXPECT_EQ(tcp_info_of(0), std::nullopt);
}

}  // namespace
}  // namespace reachd::steps
