// The controls: what a round of one comes down to, and whom it vouches for.
#include "probes/control/witnesses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/control/summary.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Target control(const std::string& service, const std::string& name, std::uint16_t port) {
  Target target;
  target.service = service;
  target.name = name;
  target.scheme = Scheme::http;
  target.host = "127.0.0.1";
  target.port = port;
  target.url = "http://127.0.0.1:" + std::to_string(port) + "/";
  target.timeout = 2s;
  return target;
}

Script dated(const std::string& date, const std::string& more = "") {
  return {request(),
          Send{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: " + date + "\r\n" + more + "\r\n"}};
}

class Controls : public testing::Test {
 protected:
  Measurement look(const Target& target) {
    return run(loop.io, climb(loop.way, resolvers, target, {}));
  }
  Loop loop;
  net::Resolvers resolvers{{}};
};

TEST_F(Controls, ARoundComesDownToWhatItSaysOfTheVantage) {
  TcpServer server(loop.io, dated("Thu, 01 Jan 1970 00:01:40 GMT"));
  const auto result = summarize(look(control("control.domestic", "a", server.port())));
  EXPECT_EQ(result.name, "control.domestic/a");
  EXPECT_EQ(result.side, Side::domestic);
  EXPECT_TRUE(result.ok);
  EXPECT_THAT(result.families, ElementsAre(Family::ipv4));
  EXPECT_THAT(result.failures, IsEmpty());
  ASSERT_TRUE(result.clock_offset);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto expected = 100s - std::chrono::duration_cast<std::chrono::seconds>(now);
  EXPECT_NEAR(static_cast<double>(result.clock_offset->count()),
              static_cast<double>(expected.count()), 3);
}

TEST_F(Controls, AFailureHasItsStageAndFamily) {
  TcpServer server(loop.io, {request(), Reset{}});
  const auto result = summarize(look(control("control.foreign", "a", server.port())));
  EXPECT_FALSE(result.ok);
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].stage, Stage::http);
  EXPECT_EQ(result.failures[0].family, Family::ipv4);
  EXPECT_EQ(result.failures[0].failure.word, Word::connection_reset);
}

TEST_F(Controls, APlainAnswerThatPointsElsewhereIsTold) {
  TcpServer portal(loop.io, dated("x"));
  TcpServer server(loop.io, {request(), Send{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                             "Location: http://127.0.0.2:1/login\r\n\r\n"}});
  const auto result = summarize(look(control("control.foreign", "a", server.port())));
  EXPECT_EQ(result.redirected_to, "127.0.0.2");
  EXPECT_FALSE(result.clock_offset);
}

TEST_F(Controls, OnlyWhatRanCloseByVouches) {
  TcpServer server(loop.io, dated("x"));
  ControlSettings settings;
  settings.foreign = {control("control.foreign", "a", server.port())};
  Witnesses witnesses(loop.io.get_executor());
  witnesses.set_controls(settings);
  const Clock::time_point now = Clock::now();
  EXPECT_THAT(witnesses.near(now), IsEmpty());
  witnesses.note(look(settings.foreign[0]), now - 20s);
  ASSERT_THAT(witnesses.near(now), SizeIs(1));
  EXPECT_EQ(witnesses.near(now)[0].at, Micros(-20s));
  EXPECT_THAT(witnesses.near(now + 11s), IsEmpty());
  EXPECT_THAT(witnesses.near(now - 49s), SizeIs(1)) << "or soon after";
  EXPECT_THAT(witnesses.latest(now + 1h), SizeIs(1));
  witnesses.set_controls({});
  EXPECT_THAT(witnesses.latest(now), IsEmpty());
}

TEST_F(Controls, TheStaleAreMeasuredAnewOnceForAllWhoWait) {
  TcpServer fresh(loop.io, dated("x"));
  TcpServer stale(loop.io, dated("x"));
  ControlSettings settings;
  settings.domestic = {control("control.domestic", "fresh", fresh.port())};
  settings.foreign = {control("control.foreign", "stale", stale.port())};
  Witnesses witnesses(loop.io.get_executor());
  witnesses.set_controls(settings);
  const Clock::time_point now = Clock::now();
  witnesses.note(look(settings.domestic[0]), now - 5s);
  witnesses.note(look(settings.foreign[0]), now - 60s);
  EXPECT_EQ(fresh.accepted(), 1);
  EXPECT_EQ(stale.accepted(), 1);

  const auto refresh = [&]() -> boost::asio::awaitable<int> {
    co_await witnesses.refresh(loop.way, resolvers, {}, now);
    co_return 1;
  };
  int done = 0;
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(loop.io, refresh(), [&](std::exception_ptr, int n) { done += n; });
  }
  run(loop.io, refresh());
  while (done < 3 && loop.io.run_one_for(5s) > 0) {
  }
  EXPECT_EQ(done, 3);
  EXPECT_EQ(fresh.accepted(), 1);
  EXPECT_EQ(stale.accepted(), 2) << "once for all four";
  EXPECT_THAT(witnesses.near(now), SizeIs(2));
}

}  // namespace
}  // namespace reachd
