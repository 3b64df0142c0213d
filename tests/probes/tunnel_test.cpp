// The second way out: what a proxy is told, and what its answers mean.
#include "probes/steps/tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

namespace asio = boost::asio;
using namespace test;
using Kind = ProxySettings::Kind;
using testing::HasSubstr;

class Tunnel : public testing::Test {
 protected:
  std::string outcome(Script script, Kind kind, std::string host = "www.example.org",
                      std::chrono::milliseconds patience = std::chrono::seconds(5)) {
    TcpServer proxy(loop.io, std::move(script));
    const std::string said = run(loop.io, talk(proxy.port(), kind, std::move(host), patience));
    heard = proxy.received();
    return said;
  }

  asio::awaitable<std::string> talk(std::uint16_t port, Kind kind, std::string host,
                                    std::chrono::milliseconds patience) {
    steps::Attempt attempt;
    attempt.peer = {"127.0.0.1", port};
    attempt.start = Clock::now();
    attempt.deadline = attempt.start + patience;
    auto connected = co_await steps::connect(loop.way, attempt);
    if (!connected.socket) co_return "no connection";
    auto socket = net::to_asio(loop.io.get_executor(), std::move(*connected.socket));
    const auto failure =
        co_await steps::tunnel(loop.way, attempt, socket, kind, std::move(host), 443);
    co_return failure ? to_string(*failure) : "stands";
  }

  Loop loop;
  std::string heard;
};

std::string bytes(std::initializer_list<int> list) {
  std::string text;
  for (const int byte : list) text += static_cast<char>(byte);
  return text;
}

Script socks(std::string reply) {
  return {ReadUntil{bytes({5, 1, 0})}, Send{bytes({5, 0})}, ReadUntil{bytes({1, 0xbb})},
          Send{std::move(reply)}, Hang{}};
}

TEST_F(Tunnel, SocksIsGivenTheNameAndStandsForEveryKindOfAddress) {
  EXPECT_EQ(outcome(socks(bytes({5, 0, 0, 1, 0, 0, 0, 0, 0, 0})), Kind::socks5), "stands");
  EXPECT_EQ(heard, bytes({5, 1, 0, 5, 1, 0, 3, 15}) + "www.example.org" + bytes({1, 0xbb}));
  EXPECT_EQ(outcome(socks(bytes({5, 0, 0, 4}) + std::string(18, 'x')), Kind::socks5), "stands");
  EXPECT_EQ(outcome(socks(bytes({5, 0, 0, 3, 2, 'a', 'b', 0, 80})), Kind::socks5), "stands");
}

TEST_F(Tunnel, SocksRepliesAreFailuresOfTheFarEndWhereTheyNameOne) {
  const auto reply = [](int code) { return socks(bytes({5, code, 0, 1, 0, 0, 0, 0, 0, 0})); };
  EXPECT_EQ(outcome(reply(5), Kind::socks5), "connection_refused");
  EXPECT_EQ(outcome(reply(4), Kind::socks5), "host_unreachable");
  EXPECT_EQ(outcome(reply(3), Kind::socks5), "network_unreachable");
  EXPECT_EQ(outcome(reply(6), Kind::socks5), "timed_out");
  EXPECT_EQ(outcome(reply(1), Kind::socks5), "unknown_failure: socks: reply 1");
}

TEST_F(Tunnel, AProxyThatWantsAPasswordOrSpeaksElseIsNoneOfOurs) {
  EXPECT_THAT(outcome({ReadUntil{bytes({5, 1, 0})}, Send{bytes({5, 0xff})}}, Kind::socks5),
              HasSubstr("not open to us"));
  EXPECT_THAT(outcome({ReadUntil{bytes({5, 1, 0})}, Send{"HTTP/1.1 400\r\n\r\n"}}, Kind::socks5),
              HasSubstr("not open to us"));
  EXPECT_EQ(outcome({ReadUntil{bytes({5, 1, 0})}, Finish{}}, Kind::socks5), "eof_error");
  EXPECT_EQ(outcome({Hang{}}, Kind::socks5, "a.example", std::chrono::milliseconds(50)),
            "generic_timeout_error");
  EXPECT_THAT(outcome({Hang{}}, Kind::socks5, std::string(256, 'a')), HasSubstr("too long"));
}

TEST_F(Tunnel, HttpConnectLeavesTheFarEndsBytesAlone) {
  EXPECT_EQ(outcome({test::request(),
                     Send{"HTTP/1.1 200 Connection established\r\nA: b\r\n\r\nxyz"}, Hang{}},
                    Kind::http),
            "stands");
  EXPECT_EQ(heard, "CONNECT www.example.org:443 HTTP/1.1\r\nHost: www.example.org:443\r\n\r\n");
  EXPECT_EQ(outcome({test::request(), Send{"HTTP/1.1 502 Bad\r\n\r\n"}}, Kind::http),
            "unknown_failure: proxy: answered 502");
  EXPECT_EQ(outcome({test::request(), Send{"HTTP/1.1 504 Slow\r\n\r\n"}}, Kind::http), "timed_out");
  EXPECT_EQ(outcome({test::request(), Send{"nonsense\r\n\r\n"}}, Kind::http),
            "unknown_failure: proxy: answered 0");
  EXPECT_EQ(outcome({test::request(), SendForever{"x"}}, Kind::http),
            "unknown_failure: proxy: endless answer");
}

}  // namespace
}  // namespace reachd
