// The helper in the hands of people who mean ill: what they may not reach, and what they cannot
// use up.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/instruments.hpp"
#include "probes/control/helper_report_json.hpp"
#include "tests/support/helped.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

namespace asio = boost::asio;
using test::Helped;
using test::HelpedOptions;
using test::RawClient;
using test::Send;
using test::TcpServer;
using testing::HasSubstr;

std::string fetch_of(const std::string& url) {
  return R"({"http_request":")" + url + R"(","tcp_connect":[]})";
}

std::string pointing_to(const std::string& location) {
  return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
}

std::string failure_of(const test::RawAnswer& answer) {
  const auto report = parse_report(answer.body);
  return report && report->request ? report->request->failure : "no report: " + answer.body;
}

TEST(HelperAbuse, NothingPrivateIsConnectedToWhoeverNamesIt) {
  HelpedOptions options;
  options.allow = {};
  Helped helped(std::move(options));
  TcpServer server(helped.io(), {test::Hang{}});
  const Helped::Running running(helped);
  const std::string port = std::to_string(server.port());
  std::string endpoints;
  for (const char* address :
       {"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "[::1]",
        "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"}) {
    endpoints += (endpoints.empty() ? "\"" : ",\"") + std::string(address) + ":" + port + "\"";
  }
  const auto answer = helped.ask(R"({"http_request":"http://www.example.org:)" + port +
                                 R"(/","tcp_connect":[)" + endpoints + "]}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto report = parse_report(answer.body);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->connects.empty());
  EXPECT_TRUE(report->handshakes.empty());
  EXPECT_EQ(report->request->failure, "unknown_error") << "the name leads inward too";
  EXPECT_EQ(server.accepted(), 0);
}

TEST(HelperAbuse, ANameThatTurnsInwardAfterTheFirstAnswerIsNotFollowed) {
  HelpedOptions options;
  options.allow = {"127.0.0.2"};
  // Each name has an A and an AAAA question: the first pair leads outward, the next one inward.
  options.dns = [](const test::Bytes& query, int nth) {
    return std::vector<test::DnsSend>{
        {test::reply_to(query, {nth < 2 ? "127.0.0.2" : "127.0.0.1"})}};
  };
  Helped helped(std::move(options));
  std::string location;
  TcpServer inner(helped.io(), {test::request(), Send{"HTTP/1.1 200 OK\r\n\r\nsecret"}});
  location = "http://rebind.example.org:" + std::to_string(inner.port()) + "/";
  TcpServer outer(helped.io(), {test::request(), Send{pointing_to(location)}, test::Finish{}},
                  nullptr, "127.0.0.2");
  const Helped::Running running(helped);
  const auto answer =
      helped.ask(fetch_of("http://rebind.example.org:" + std::to_string(outer.port()) + "/"));
  EXPECT_EQ(failure_of(answer), "unknown_error");
  EXPECT_EQ(outer.accepted(), 2) << "the endpoint's connection and the fetch";
  EXPECT_EQ(inner.accepted(), 0);
}

TEST(HelperAbuse, ARedirectInwardIsNotFollowed) {
  for (const char* inward : {"http://127.0.0.1:", "http://[::ffff:127.0.0.1]:",
                             "http://2130706433:", "http://0x7f.1:", "http://localhost:"}) {
    HelpedOptions options;
    options.allow = {"127.0.0.2"};
    options.dns = test::answering({"127.0.0.2"});
    if (std::string(inward).find("localhost") != std::string::npos) {
      options.dns = [](const test::Bytes& query, int nth) {
        return std::vector<test::DnsSend>{
            {test::reply_to(query, {nth < 2 ? "127.0.0.2" : "127.0.0.1"})}};
      };
    }
    Helped helped(std::move(options));
    TcpServer inner(helped.io(), {test::request(), Send{"HTTP/1.1 200 OK\r\n\r\nsecret"}});
    TcpServer outer(
        helped.io(),
        {test::request(), Send{pointing_to(inward + std::to_string(inner.port()) + "/")},
         test::Finish{}},
        nullptr, "127.0.0.2");
    const Helped::Running running(helped);
    const auto answer =
        helped.ask(fetch_of("http://www.example.org:" + std::to_string(outer.port()) + "/"));
    EXPECT_NE(failure_of(answer), "") << inward;
    EXPECT_EQ(inner.accepted(), 0) << inward;
  }
}

TEST(HelperAbuse, OnlyTheTokenOpens) {
  Helped helped;
  const Helped::Running running(helped);
  const std::string body = fetch_of("http://www.example.org/");
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  for (const char* header :
       {"", "Authorization: Bearer \r\n", "Authorization: Bearer a-long-secreT\r\n",
        "Authorization: Bearer a-long-secret2\r\n", "Authorization: Basic a-long-secret\r\n",
        "Authorization: a-long-secret\r\n"}) {
    const auto answer =
        helped.send("POST / HTTP/1.1\r\nHost: test\r\n" + std::string(header) + length + body);
    EXPECT_EQ(answer.status, 401) << header;
    EXPECT_THAT(answer.header, HasSubstr("WWW-Authenticate: Bearer\r\n"));
  }
  EXPECT_EQ(helped.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").status, 401);
  EXPECT_EQ(helped.metric("reachd_helper_requests_total{code=\"401\"}"), 7);
}

TEST(HelperAbuse, WhatIsNotServedIsRefused) {
  Helped helped;
  const Helped::Running running(helped);
  EXPECT_EQ(helped.send(helped.head("PUT / HTTP/1.1") + "\r\n").status, 405);
  EXPECT_EQ(helped.send(helped.head("CONNECT a.example:443 HTTP/1.1") + "\r\n").status, 405);
  EXPECT_EQ(helped.send(helped.head("GET http://a.example/ HTTP/1.1") + "\r\n").status, 404);
  EXPECT_EQ(helped.send(helped.head("GET /../etc/passwd HTTP/1.1") + "\r\n").status, 404);
  EXPECT_EQ(helped.send("nonsense\r\n\r\n").status, 400);
}

TEST(HelperAbuse, BadQuestionsAre400) {
  Helped helped;
  const Helped::Running running(helped);
  std::string many;
  for (int i = 1; i <= 33; ++i)
    many += (i > 1 ? ",\"8.8.8.8:" : "\"8.8.8.8:") + std::to_string(i) + "\"";
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
        std::string(R"({"http_request":7})"), fetch_of("ftp://a.example/"), fetch_of("http:///"),
        fetch_of("file:///etc/passwd"), fetch_of("http://" + std::string(3000, 'a') + "/"),
        std::string(R"({"http_request":"http://a.example/","tcp_connect":["a.example:80"]})"),
        std::string(R"({"http_request":"http://a.example/","tcp_connect":["8.8.8.8"]})"),
        std::string(R"({"http_request":"http://a.example/","tcp_connect":["8.8.8.8:0"]})"),
        R"({"http_request":"http://a.example/","tcp_connect":[)" + many + "]}",
        std::string(1000, '[') + std::string(1000, ']'),
        std::string(R"({"http_request":"http://a.example/","http_request_headers":)") +
            R"({"User-Agent":["x\r\nHost: evil"]}})"}) {
    const auto answer = helped.ask(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":")) << body;
  }
}

TEST(HelperAbuse, HugeBodiesAreCutShort) {
  Helped helped;
  const Helped::Running running(helped);
  const auto declared =
      helped.send(helped.head("POST / HTTP/1.1") + "Content-Length: 1000000000\r\n\r\n{");
  EXPECT_EQ(declared.status, 413);
  std::string chunks = helped.head("POST / HTTP/1.1") + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) chunks += "1000\r\n" + std::string(4096, 'x') + "\r\n";
  EXPECT_EQ(helped.send(chunks).status, 413);
  EXPECT_EQ(
      helped.send(helped.head("GET / HTTP/1.1") + "X: " + std::string(20'000, 'x') + "\r\n\r\n")
          .status,
      431);
}

TEST(HelperAbuse, AnEndlessAnswerCostsNoMoreThanItsBound) {
  Helped helped;
  TcpServer server(helped.io(), {test::request(), Send{"HTTP/1.1 200 OK\r\n\r\n"},
                                 test::SendForever{std::string(65536, 'x')}});
  const Helped::Running running(helped);
  const auto answer =
      helped.ask(fetch_of("http://www.example.org:" + std::to_string(server.port()) + "/"));
  const auto report = parse_report(answer.body);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->request->failure, "");
  EXPECT_EQ(report->request->body_length, 512 * 1024);
}

TEST(HelperAbuse, ASlowAskerIsCutOffAndHoldsUpNobody) {
  HelpedOptions options;
  options.limits.request_time = std::chrono::milliseconds(2000);
  Helped helped(std::move(options));
  const Helped::Running running(helped);
  RawClient silent(helped.port());
  RawClient slow(helped.port());
  slow.send(helped.head("POST / HTTP/1.1") + "Content-Length: 100\r\n\r\n{");
  EXPECT_EQ(helped.send(helped.head("GET / HTTP/1.1") + "\r\n").status, 200);
  EXPECT_EQ(slow.receive().status, 0) << "closed without a word";
  EXPECT_TRUE(slow.at_end());
  silent.receive();
  EXPECT_TRUE(silent.at_end());
}

TEST(HelperAbuse, AThousandConnectionsOfOneLeaveRoomForTheNext) {
  HelpedOptions options;
  options.limits.connections_of_one = 16;
  prepare_process();  // as many descriptors as are allowed: the flood's are ours too
  Helped helped(std::move(options));
  const Helped::Running running(helped);
  std::vector<std::unique_ptr<RawClient>> flood;
  for (int i = 0; i < 1000; ++i) flood.push_back(std::make_unique<RawClient>(helped.port()));
  int closed = 0;
  for (std::size_t i = 16; i < flood.size(); ++i) closed += flood[i]->at_end() ? 1 : 0;
  EXPECT_EQ(closed, 1000 - 16);
  flood.clear();
  // The seats are free again as soon as the server has seen their ends.
  int status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) {
    status = helped.send(helped.head("GET / HTTP/1.1") + "\r\n").status;
  }
  EXPECT_EQ(status, 200);
  EXPECT_GE(helped.metric("reachd_helper_connections_dropped_total"), 1000 - 16);
}

TEST(HelperAbuse, AskersHaveTurnsAndAWorkingHelperSaysSo) {
  HelpedOptions options;
  options.settings.client_rate = {1, std::chrono::hours(1)};
  Helped helped(std::move(options));
  const Helped::Running running(helped);
  EXPECT_EQ(helped.send(helped.head("GET / HTTP/1.1") + "\r\n").status, 200);
  EXPECT_EQ(helped.send(helped.head("GET / HTTP/1.1") + "\r\n").status, 429);
  EXPECT_EQ(helped.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n").status, 429)
      << "nobody guesses tokens at leisure";
}

TEST(HelperAbuse, BeyondItsConcurrencyTheHelperIsBusy) {
  HelpedOptions options;
  options.settings.concurrency = 1;
  auto release = std::make_shared<std::function<void()>>();
  options.inquire = [release](HelperQuestion) -> asio::awaitable<HelperReport> {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::seconds(30));
    *release = [&timer] { timer.cancel(); };
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return HelperReport{};
  };
  Helped helped(std::move(options));
  const Helped::Running running(helped);
  const std::string body = fetch_of("http://a.example/");
  RawClient first(helped.port());
  first.send(helped.head("POST / HTTP/1.1") + "Content-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body);
  while (helped.metric("reachd_helper_requests_in_flight") != 1) std::this_thread::yield();
  EXPECT_EQ(helped.ask(body).status, 503);
  asio::post(helped.io(), [release] { (*release)(); });
  EXPECT_EQ(first.receive().status, 200);
}

}  // namespace
}  // namespace reachd
