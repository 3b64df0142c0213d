#include "probes/steps/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio.hpp>

#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd::steps {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::TcpServer;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

asio::awaitable<Fetched> visit(net::WayOut& way, Attempt attempt, HttpOptions options) {
  Connected connected = co_await connect(way, attempt);
  if (!connected.socket) throw std::runtime_error("no connection");
  co_return co_await fetch(way, attempt, std::move(*connected.socket), std::move(options));
}

class HttpTest : public testing::Test {
 protected:
  Attempt attempt_to(const TcpServer& server, std::chrono::milliseconds patience = 10s) {
    const auto now = Clock::now();
    return {{"127.0.0.1", server.port()}, now, now + patience, 40001, 1};
  }

  Fetched fetch_from(const TcpServer& server, HttpOptions options = {},
                     std::chrono::milliseconds patience = 10s) {
    if (options.url.empty()) options.url = server.url();
    return test::run(loop.io, visit(loop.way, attempt_to(server, patience), std::move(options)));
  }

  // Answers one request with `answer` and closes.
  Fetched fetch_answer(const std::string& answer, HttpOptions options = {}) {
    TcpServer server(loop.io, {test::request(), test::Send{answer}});
    return fetch_from(server, std::move(options));
  }

  test::Loop loop;
};

const HttpSeen& seen(const Fetched& fetched) {
  return std::get<HttpSeen>(fetched.http->seen);
}

std::string failure(const Fetched& fetched) {
  const auto& f = fetched.http->failure;
  return f ? to_string(*f) : "";
}

TEST_F(HttpTest, APageIsRecordedWithItsParts) {
  const std::string body = "<html><title>Hello</title>";
  TcpServer server(loop.io, {test::request(), test::Pause{50ms},
                             test::Send{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                                        "X-Two: 1\r\nX-Two:  2 \r\nContent-Length: 26\r\n\r\n" +
                                        body}});
  const Fetched fetched = fetch_from(server);
  EXPECT_EQ(failure(fetched), "");
  EXPECT_FALSE(fetched.tls);
  EXPECT_EQ(fetched.http->stage, Stage::http);
  EXPECT_EQ(fetched.http->transaction, 40001);
  EXPECT_EQ(fetched.http->depth, 1);
  EXPECT_GE(fetched.http->took, 50ms);
  const HttpSeen& http = seen(fetched);
  EXPECT_EQ(http.url, server.url());
  EXPECT_EQ(http.method, "GET");
  EXPECT_EQ(http.status, 200);
  EXPECT_EQ(http.version, "HTTP/1.1");
  EXPECT_THAT(http.headers, ElementsAre(Pair("Content-Type", "text/html"), Pair("X-Two", "1"),
                                        Pair("X-Two", "2"), Pair("Content-Length", "26")));
  EXPECT_EQ(http.body, body);
  EXPECT_FALSE(http.body_truncated);
  EXPECT_EQ(http.title, "Hello");
  EXPECT_EQ(http.body_sha256, "525a6817d0594e1c1ac13b1f3c9523c5192b56f4bddf15106685da19c67ef37b");
  EXPECT_GE(http.first_byte, 45ms);
  EXPECT_LE(http.first_byte + http.transfer, fetched.http->took + 1us);
  EXPECT_EQ(http.bytes_per_second, 0);  // too short to tell
  EXPECT_EQ(http.location, "");
  ASSERT_TRUE(fetched.tcp_info);
  EXPECT_GT(fetched.tcp_info->bytes_received, body.size());
  EXPECT_GT(fetched.tcp_info->bytes_acked, 0U);
}

TEST_F(HttpTest, TheRequestIsABrowsersAndNamesNoTool) {
  TcpServer server(loop.io, {test::request(), test::Send{"HTTP/1.1 204 No Content\r\n\r\n"}});
  HttpOptions options;
  options.url = server.url("/a/../b?c=%64");
  const Fetched fetched = fetch_from(server, options);
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).status, 204);
  const std::string& sent = server.received();
  EXPECT_TRUE(sent.starts_with("GET /a/../b?c=%64 HTTP/1.1\r\n")) << sent;
  EXPECT_THAT(sent, HasSubstr("\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(sent, HasSubstr("\r\nUser-Agent: Mozilla/5.0 "));
  EXPECT_THAT(sent, HasSubstr("\r\nAccept-Language: en"));
  for (const char* word : {"curl", "reachd", "Accept-Encoding", "Upgrade", "Cookie"}) {
    EXPECT_THAT(sent, Not(HasSubstr(word)));
  }
  std::string noted = "GET /a/../b?c=%64 HTTP/1.1\r\n";
  for (const auto& [name, value] : seen(fetched).request_headers) {
    noted += name + ": " + value + "\r\n";
  }
  EXPECT_EQ(noted + "\r\n", sent);
}

TEST_F(HttpTest, HeadersOfTheOptionsReplaceOrAddAndCannotSmuggle) {
  TcpServer server(loop.io, {test::request(), test::Send{"HTTP/1.1 204 No Content\r\n\r\n"}});
  HttpOptions options;
  options.headers = {{"user-agent", "Other/1"}, {"X-Empty", ""}, {"X-Bad", "a\r\nX-Smuggled: b"}};
  fetch_from(server, options);
  EXPECT_THAT(server.received(), HasSubstr("\r\nuser-agent: Other/1\r\n"));
  EXPECT_THAT(server.received(), HasSubstr("\r\nX-Empty:"));
  EXPECT_THAT(server.received(), Not(HasSubstr("Mozilla")));
  EXPECT_THAT(server.received(), Not(HasSubstr("Smuggled")));
}

TEST_F(HttpTest, HeadIsAnswerWithoutBody) {
  TcpServer server(loop.io,
                   {test::request(), test::Send{"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"},
                    test::Hang{}});
  HttpOptions options;
  options.method = "HEAD";
  const Fetched fetched = fetch_from(server, options);
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).status, 200);
  EXPECT_TRUE(server.received().starts_with("HEAD / "));
}

TEST_F(HttpTest, OtherMethodsAreSentAsNamed) {
  for (const char* method : {"POST", "OPTIONS"}) {
    TcpServer server(loop.io, {test::request(), test::Send{"HTTP/1.1 204 No Content\r\n\r\n"}});
    HttpOptions options;
    options.method = method;
    EXPECT_EQ(failure(fetch_from(server, options)), "");
    EXPECT_TRUE(server.received().starts_with(std::string(method) + " / "));
  }
}

TEST_F(HttpTest, CookiesGoFromOneHopToTheNext) {
  TcpServer first(loop.io,
                  {test::request(), test::Send{"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\n"
                                               "Content-Length: 0\r\n\r\n"}});
  HttpOptions options;
  options.cookies = fetch_from(first).cookies;
  EXPECT_EQ(options.cookies.size(), 1U);
  TcpServer second(loop.io, {test::request(), test::Send{"HTTP/1.1 204 No Content\r\n\r\n"}});
  const Fetched fetched = fetch_from(second, options);
  EXPECT_THAT(seen(fetched).request_headers, Contains(Pair("Cookie", "a=b")));
  EXPECT_EQ(fetched.cookies.size(), 1U);
}

TEST_F(HttpTest, TheJarIsBounded) {
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
  for (int i = 0; i < 200; ++i) answer += "Set-Cookie: c" + std::to_string(i) + "=1\r\n";
  EXPECT_LE(fetch_answer(answer + "\r\n").cookies.size(), 64U);
}

TEST_F(HttpTest, ReadingStopsAtTheBodyLimitWhichIsNoFailure) {
  TcpServer server(loop.io, {test::request(), test::Send{"HTTP/1.1 200 OK\r\n\r\n"},
                             test::SendForever{std::string(10'000, 'x')}});
  HttpOptions options;
  options.body_limit = 100'000;
  const Fetched fetched = fetch_from(server, options);
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).body.size(), 100'000U);
  EXPECT_TRUE(seen(fetched).body_truncated);
}

TEST_F(HttpTest, ABodyOfExactlyTheLimitIsWhole) {
  HttpOptions options;
  options.body_limit = 5;
  const Fetched fetched =
      fetch_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", options);
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).body, "hello");
  EXPECT_FALSE(seen(fetched).body_truncated);
}

TEST_F(HttpTest, SpeedIsToldOfABodyThatTakesTime) {
  const std::string half(20'000, 'x');
  TcpServer server(loop.io, {test::request(),
                             test::Send{"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + half},
                             test::Pause{100ms}, test::Send{half}});
  const HttpSeen http = seen(fetch_from(server));
  // The pause begins when the first half is sent, `transfer` when it is read.
  EXPECT_GE(http.first_byte + http.transfer, 100ms);
  EXPECT_GT(http.transfer, 10ms);
  const std::chrono::duration<double> seconds = http.transfer;
  EXPECT_NEAR(http.bytes_per_second, 40'000 / seconds.count(), 1);
}

TEST_F(HttpTest, InterimAnswersAreNotTheAnswer) {
  const Fetched fetched = fetch_answer(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).status, 200);
  EXPECT_THAT(seen(fetched).headers, ElementsAre(Pair("Content-Length", "0")));
}

TEST_F(HttpTest, FoldedHeadersAreJoined) {
  const Fetched fetched =
      fetch_answer("HTTP/1.1 200 OK\r\nX-Long: a\r\n \t b \r\n\tc\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(seen(fetched).headers, Contains(Pair("X-Long", "a b c")));
}

struct Case {
  const char* what;
  test::Script script;  // after the request was read
  std::string failure;
  int status = 0;
  std::string body;
};

TEST_F(HttpTest, EachEndHasItsName) {
  const std::string header = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string malformed = "unknown_failure: malformed HTTP response";
  const std::string too_large = "unknown_failure: response headers too large";
  const Case cases[] = {
      {"reset after the request", {test::Reset{}}, "connection_reset"},
      {"closed after the request", {test::Finish{}}, "eof_error"},
      {"reset within the body",
       {test::Send{header + "some"}, test::Pause{50ms}, test::Reset{}},
       "connection_reset",
       200,
       "some"},
      {"body shorter than said",
       {test::Send{header + "some"}, test::Finish{}},
       "eof_error",
       200,
       "some"},
      {"chunks cut short",
       {test::Send{chunked + "4\r\nsome\r\n"}, test::Finish{}},
       "eof_error",
       200,
       "some"},
      {"chunks of nonsense",
       {test::Send{chunked + "zzzz\r\nsome\r\n"}},
       "unknown_failure: malformed HTTP response",
       200},
      {"headers cut short",
       {test::Send{"HTTP/1.1 200 OK\r\nA: b\r\n"}, test::Finish{}},
       "eof_error",
       200},
      {"garbage", {test::Send{"SSH-2.0-OpenSSH_9.2\r\n"}}, malformed},
      {"HTTP/0.9", {test::Send{"<html>hello</html>"}, test::Finish{}}, malformed},
      {"a mail server", {test::Send{"220 mx.example.org ESMTP\r\n"}, test::Hang{}}, malformed},
      {"NUL in a header",
       {test::Send{std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 28)}},
       malformed,
       200},
      {"endless headers",
       {test::Send{"HTTP/1.1 200 OK\r\n"}, test::SendForever{"X-More: and more\r\n"}},
       too_large,
       200},
      {"an endless header",
       {test::Send{"HTTP/1.1 200 OK\r\nX-More: "}, test::SendForever{std::string(1000, 'x')}},
       too_large,
       200},
      {"endless interim answers",
       {test::SendForever{"HTTP/1.1 100 Continue\r\n\r\n"}},
       too_large,
       100},
      {"endless trailers",
       {test::Send{chunked + "0\r\n"}, test::SendForever{"X-More: and more\r\n"}},
       too_large,
       200},
  };
  for (const Case& c : cases) {
    test::Script script{test::request()};
    script.insert(script.end(), c.script.begin(), c.script.end());
    TcpServer server(loop.io, script);
    const Fetched fetched = fetch_from(server);
    EXPECT_EQ(failure(fetched), c.failure) << c.what;
    EXPECT_EQ(seen(fetched).status, c.status) << c.what;
    EXPECT_EQ(seen(fetched).body, c.body) << c.what;
    EXPECT_TRUE(fetched.tcp_info) << c.what;
    EXPECT_EQ(server.accepted(), 1) << c.what;
  }
}

TEST_F(HttpTest, AConnectionThatIsGoneBeforeTheRequestIsStillTheStepsFailure) {
  TcpServer server(loop.io, {test::Reset{}});
  Attempt attempt = attempt_to(server);
  auto late_fetch = [](net::WayOut& way, Attempt to, HttpOptions o) -> asio::awaitable<Fetched> {
    Connected connected = co_await connect(way, to);
    asio::steady_timer timer(way.executor, 50ms);  // for the reset to come
    co_await timer.async_wait(asio::use_awaitable);
    co_return co_await fetch(way, to, std::move(*connected.socket), std::move(o));
  };
  HttpOptions options;
  options.url = server.url();
  EXPECT_EQ(failure(test::run(loop.io, late_fetch(loop.way, attempt, options))),
            "connection_reset");
}

TEST_F(HttpTest, TheDeadlineEndsSilenceAndDrips) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
  const struct {
    const char* what;
    test::Script script;
    int status;
    bool answered;
  } cases[] = {
      {"silence", {test::request(), test::Hang{}}, 0, false},
      {"a drip of headers", {test::request(), test::Drip{answer, 300ms}}, 0, true},
      {"silence in the body",
       {test::request(), test::Send{answer.substr(0, 100)}, test::Hang{}},
       200,
       true},
      {"a drip of body",
       {test::request(), test::Send{answer.substr(0, 50)}, test::Drip{answer.substr(50), 20ms}},
       200,
       true},
  };
  for (const auto& c : cases) {
    TcpServer server(loop.io, c.script);
    const Fetched fetched = fetch_from(server, {}, c.answered ? 1s : 250ms);
    EXPECT_EQ(failure(fetched), "generic_timeout_error") << c.what;
    EXPECT_EQ(seen(fetched).status, c.status) << c.what;
    EXPECT_EQ(seen(fetched).first_byte > 0us, c.answered) << c.what;
    EXPECT_LT(fetched.http->took, 5s) << c.what;
    EXPECT_TRUE(fetched.tcp_info) << c.what;
  }
}

TEST_F(HttpTest, BeingCalledOffIsOurs) {
  asio::cancellation_signal signal;
  TcpServer server(
      loop.io, {test::request(),
                test::Call{[&] { signal.emit(asio::cancellation_type::terminal); }}, test::Hang{}});
  HttpOptions options;
  options.url = server.url();
  std::string called;
  asio::co_spawn(loop.io, visit(loop.way, attempt_to(server), options),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Fetched f) {
                   called = failure(f);
                   loop.io.stop();
                 }));
  loop.io.run_for(20s);
  EXPECT_EQ(called, "reachd_cancelled");
}

TEST_F(HttpTest, RedirectsAreResolvedAndNotFollowed) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const Fetched fetched = fetch_answer("HTTP/1.1 " + std::to_string(status) +
                                         " Moved\r\nLocation: https://example.org/x y\r\n"
                                         "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(failure(fetched), "");
    EXPECT_EQ(seen(fetched).status, status);
    EXPECT_EQ(seen(fetched).location, "https://example.org/x%20y");
  }
}

TEST_F(HttpTest, ALocationThatLeadsNowhereIsAFailureWithItsAnswerKept) {
  for (const char* location : {"", "https:///x", "gopher://example.org/"}) {
    const Fetched fetched =
        fetch_answer("HTTP/1.1 302 Found\r\nLocation: " + std::string(location) +
                     "\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(failure(fetched), "http_invalid_redirect_location_host") << location;
    EXPECT_EQ(seen(fetched).status, 302);
    EXPECT_EQ(seen(fetched).body, "hi");
    EXPECT_EQ(seen(fetched).location, "");
  }
}

TEST_F(HttpTest, ALocationOutsideARedirectPointsNowhere) {
  const Fetched fetched =
      fetch_answer("HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).location, "");
}

TEST_F(HttpTest, ManyHeadersAreReadAndAHundredKept) {
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
  for (int i = 0; i < 500; ++i) answer += "X-" + std::to_string(i) + ": y\r\n";
  const Fetched fetched = fetch_answer(answer + "\r\nhi");
  EXPECT_EQ(failure(fetched), "");
  EXPECT_EQ(seen(fetched).headers.size(), 100U);
  EXPECT_EQ(seen(fetched).body, "hi");
}

}  // namespace
}  // namespace reachd::steps
