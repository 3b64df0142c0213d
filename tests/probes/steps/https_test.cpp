#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio.hpp>
#include <boost/asio/ssl/context.hpp>

#include "probes/net/together.hpp"
#include "probes/steps/http.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd::steps {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::LeafOptions;
using test::TcpServer;

asio::awaitable<Fetched> visit(net::WayOut& way, Attempt attempt, HttpOptions options) {
  Connected connected = co_await connect(way, attempt);
  if (!connected.socket) throw std::runtime_error("no connection");
  co_return co_await fetch(way, attempt, std::move(*connected.socket), std::move(options));
}

std::string words(const std::unique_ptr<Observation>& observation) {
  if (!observation) return "(no such step)";
  return observation->failure ? to_string(*observation->failure) : "";
}

const TlsSeen& tls(const Fetched& fetched) {
  return std::get<TlsSeen>(fetched.tls->seen);
}
const HttpSeen& http(const Fetched& fetched) {
  return std::get<HttpSeen>(fetched.http->seen);
}

const std::string kSilence = "generic_timeout_error";
const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

class HttpsTest : public testing::Test {
 protected:
  asio::ssl::context context_for(const LeafOptions& options, int most = TLS1_3_VERSION) {
    return asio::ssl::context(
        test::server_context(pki.issue(options), TLS1_2_VERSION, most).release());
  }

  Fetched fetch_from(std::uint16_t port, const std::string& host,
                     std::chrono::milliseconds patience = 10s,
                     const std::string& address = "127.0.0.1") {
    const auto now = Clock::now();
    HttpOptions options;
    options.url = "https://" + host + ":" + std::to_string(port) + "/";
    const Attempt attempt{{address, port}, now, now + patience, 50001, 0};
    return test::run(loop.io, visit(loop.way, attempt, std::move(options)));
  }

  // From a server with a good certificate that plays `script` after the handshake.
  Fetched fetch_secured(const test::Script& script, std::chrono::milliseconds patience = 10s) {
    auto context = context_for({});
    TcpServer server(loop.io, script, &context);
    return fetch_from(server.port(), "localhost", patience);
  }

  // From a server without TLS that plays `script` after the ClientHello.
  Fetched fetch_shaken(test::Script script, std::chrono::milliseconds patience = 10s) {
    script.insert(script.begin(), test::ReadUntil{""});
    TcpServer server(loop.io, script);
    return fetch_from(server.port(), "localhost", patience);
  }

  test::Pki pki;
  test::Loop loop{pki.ca_file()};
};

TEST_F(HttpsTest, APageHasTwoStepsOneAfterTheOther) {
  const Fetched fetched = fetch_secured({test::request(), test::Pause{30ms}, test::Send{kAnswer}});
  EXPECT_EQ(words(fetched.tls), "");
  EXPECT_EQ(words(fetched.http), "");
  EXPECT_EQ(fetched.tls->stage, Stage::tls);
  EXPECT_EQ(fetched.tls->transaction, 50001);
  EXPECT_GT(fetched.tls->took, 0us);
  EXPECT_GE(fetched.http->began, fetched.tls->began + fetched.tls->took);
  EXPECT_GE(fetched.http->took, 30ms);
  EXPECT_EQ(tls(fetched).server_name, "localhost");
  EXPECT_EQ(tls(fetched).version, "TLSv1.3");
  EXPECT_FALSE(tls(fetched).cipher.empty());
  EXPECT_FALSE(tls(fetched).chain.empty());
  EXPECT_EQ(http(fetched).status, 200);
  EXPECT_EQ(http(fetched).body, "hello");
  EXPECT_GE(http(fetched).first_byte, 25ms);
  ASSERT_TRUE(fetched.tcp_info);
  EXPECT_GT(fetched.tcp_info->bytes_received, 100U);
}

// The second time its certificate is known and found valid already; that must hold for nothing
// else.
TEST_F(HttpsTest, WhatIsKnownOfACertificateHoldsForItsNameAndTrustAlone) {
  auto context = context_for({});
  test::Pki stranger;
  const auto fetch = [&](net::WayOut& way, const std::string& host) {
    TcpServer server(loop.io, {test::request(), test::Send{kAnswer}}, &context);
    const auto now = Clock::now();
    HttpOptions options;
    options.url = "https://" + host + ":" + std::to_string(server.port()) + "/";
    const Attempt attempt{{"127.0.0.1", server.port()}, now, now + 10s, 50001, 0};
    return test::run(loop.io, visit(way, attempt, std::move(options)));
  };
  const auto elsewhere = *net::TrustStore::load(stranger.ca_file());
  net::WayOut distrustful{loop.way.executor, loop.poller, loop.curl, elsewhere, loop.pace};
  const Fetched first = fetch(loop.way, "localhost");
  const Fetched second = fetch(loop.way, "localhost");
  ASSERT_FALSE(tls(first).chain.empty());
  EXPECT_EQ(tls(first).chain.begin(), tls(second).chain.begin()) << "it is known";
  for (int i = 0; i < 3; ++i) {
    const Fetched fetched = fetch(loop.way, "localhost");
    EXPECT_EQ(words(fetched.http), "") << i;
    EXPECT_EQ(tls(fetched).chain.front().subject, "CN=localhost") << i;
    EXPECT_EQ(words(fetch(loop.way, "other.test").tls), "ssl_invalid_hostname") << i;
    // Its authority is called the same there, and has another key.
    EXPECT_EQ(words(fetch(distrustful, "localhost").tls), "ssl_invalid_certificate") << i;
  }
}

TEST_F(HttpsTest, AnAddressIsProvenByItsCertificate) {
  auto context = context_for({}, TLS1_2_VERSION);
  TcpServer server(loop.io, {test::request(), test::Send{kAnswer}}, &context);
  const Fetched fetched = fetch_from(server.port(), "127.0.0.1");
  EXPECT_EQ(words(fetched.http), "");
  EXPECT_EQ(tls(fetched).server_name, "127.0.0.1");
  EXPECT_EQ(tls(fetched).version, "TLSv1.2");
}

TEST_F(HttpsTest, AnIpv6AddressIsProvenToo) {
  auto context = context_for({});
  TcpServer server(loop.io, {test::request(), test::Send{kAnswer}}, &context, "::1");
  const Fetched fetched = fetch_from(server.port(), "[::1]", 10s, "::1");
  EXPECT_EQ(words(fetched.http), "");
  EXPECT_EQ(tls(fetched).server_name, "::1");
}

TEST_F(HttpsTest, ACertificateThatDoesNotProveEndsTheFetchWithItsChainSeen) {
  const struct {
    const char* what;
    LeafOptions leaf;
    std::string host;
    std::string failure;
  } cases[] = {
      {"another name", {}, "example.org", "ssl_invalid_hostname"},
      {"another address", {{"localhost"}, {"192.0.2.1"}}, "127.0.0.1", "ssl_invalid_hostname"},
      {"a stranger's",
       {.signer = LeafOptions::Signer::stranger},
       "localhost",
       "ssl_unknown_authority"},
      {"its own", {.signer = LeafOptions::Signer::itself}, "localhost", "ssl_unknown_authority"},
      {"too old", {.not_before = -48h, .not_after = -24h}, "localhost", "ssl_invalid_certificate"},
  };
  for (const auto& c : cases) {
    auto context = context_for(c.leaf);
    TcpServer server(loop.io, {test::request(), test::Send{kAnswer}}, &context);
    const Fetched fetched = fetch_from(server.port(), c.host);
    EXPECT_EQ(words(fetched.tls), c.failure) << c.what;
    EXPECT_FALSE(tls(fetched).chain.empty()) << c.what;
    EXPECT_FALSE(tls(fetched).verify_error.empty()) << c.what;
    EXPECT_FALSE(fetched.http) << c.what;
    EXPECT_TRUE(fetched.tcp_info) << c.what;
    EXPECT_EQ(server.received(), "") << c.what;
  }
}

// All connections share one SSL_CTX: whom each is to prove must stay its own affair.
TEST_F(HttpsTest, SideBySideEachIsJudgedByItsOwnName) {
  auto context = context_for({});
  const test::Script slow{test::request(), test::Pause{20ms}, test::Send{kAnswer}};
  std::vector<std::unique_ptr<TcpServer>> servers;
  std::vector<asio::awaitable<Fetched>> visits;
  const std::vector<std::string> hosts{"localhost", "elsewhere.test", "127.0.0.1", "another.test",
                                       "localhost"};
  const auto now = Clock::now();
  for (const std::string& host : hosts) {
    servers.push_back(std::make_unique<TcpServer>(loop.io, slow, &context));
    const std::uint16_t port = servers.back()->port();
    HttpOptions options;
    options.url = "https://" + host + ":" + std::to_string(port) + "/";
    visits.push_back(
        visit(loop.way, {{"127.0.0.1", port}, now, now + 10s, 50001, 0}, std::move(options)));
  }
  const auto all = test::run(loop.io, net::together(loop.io.get_executor(), std::move(visits)));
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const bool wrong = hosts[i].ends_with(".test");
    EXPECT_EQ(words(all[i].tls), wrong ? "ssl_invalid_hostname" : "") << hosts[i];
    EXPECT_EQ(tls(all[i]).server_name, hosts[i]);
    EXPECT_FALSE(tls(all[i]).chain.empty()) << hosts[i];
    EXPECT_EQ(all[i].http != nullptr, !wrong) << hosts[i];
  }
}

TEST_F(HttpsTest, WhatBreaksTheHandshakeHasItsName) {
  const struct {
    const char* what;
    test::Script script;
    std::string failure;
  } cases[] = {
      {"reset", {test::Reset{}}, "connection_reset"},
      {"closed", {test::Finish{}}, "eof_error"},
      {"silence", {test::Hang{}}, kSilence},
      {"alert 112",
       {test::Send{std::string("\x15\x03\x01\x00\x02\x02\x70", 7)}},
       "ssl_invalid_hostname"},
      {"alert 40",
       {test::Send{std::string("\x15\x03\x01\x00\x02\x02\x28", 7)}},
       "unknown_failure: remote error: tls: handshake failure"},
      {"a web server without TLS",
       {test::Send{"HTTP/1.1 400 Bad Request\r\n\r\n"}, test::Finish{}},
       "unknown_failure: tls: first record does not look like a TLS handshake"},
  };
  for (const auto& c : cases) {
    const Fetched fetched = fetch_shaken(c.script, c.failure == kSilence ? 1s : 10s);
    EXPECT_EQ(words(fetched.tls), c.failure) << c.what;
    EXPECT_TRUE(tls(fetched).client_hello_sent) << c.what;
    EXPECT_FALSE(fetched.http) << c.what;
    ASSERT_TRUE(fetched.tcp_info) << c.what;
    EXPECT_GT(fetched.tcp_info->bytes_acked, 100U) << c.what;
  }
}

TEST_F(HttpsTest, WhatBreaksTheAnswerHasItsName) {
  const std::string open_end = "HTTP/1.1 200 OK\r\n\r\nhel";
  const struct {
    const char* what;
    test::Script script;
    std::string failure;
    std::string body;
  } cases[] = {
      {"reset after the request", {test::request(), test::Reset{}}, "connection_reset", ""},
      {"closed after the request", {test::request(), test::Finish{}}, "eof_error", ""},
      {"silence after the request", {test::request(), test::Hang{}}, kSilence, ""},
      {"a body cut short",
       {test::request(), test::Send{kAnswer.substr(0, 41)}, test::Finish{}},
       "eof_error",
       "hel"},
      {"an open end without a goodbye, which browsers take",
       {test::request(), test::Send{open_end}, test::Finish{}},
       "",
       "hel"},
      {"garbage",
       {test::request(), test::Send{"garbage\r\n"}},
       "unknown_failure: malformed HTTP response",
       ""},
  };
  for (const auto& c : cases) {
    const Fetched fetched = fetch_secured(c.script, c.failure == kSilence ? 1s : 10s);
    EXPECT_EQ(words(fetched.tls), "") << c.what;
    EXPECT_EQ(words(fetched.http), c.failure) << c.what;
    EXPECT_EQ(http(fetched).body, c.body) << c.what;
  }
}

TEST_F(HttpsTest, BeingCalledOffWithinTheHandshakeIsOurs) {
  asio::cancellation_signal signal;
  TcpServer server(
      loop.io, {test::ReadUntil{""},
                test::Call{[&] { signal.emit(asio::cancellation_type::terminal); }}, test::Hang{}});
  const auto now = Clock::now();
  HttpOptions options;
  options.url = server.url();
  options.url.insert(4, "s");
  const Attempt attempt{{"127.0.0.1", server.port()}, now, now + 10s, 50001, 0};
  std::string called;
  bool asked = true;
  asio::co_spawn(loop.io, visit(loop.way, attempt, options),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Fetched f) {
                   called = words(f.tls);
                   asked = f.http != nullptr;
                   loop.io.stop();
                 }));
  loop.io.run_for(20s);
  EXPECT_EQ(called, "reachd_cancelled");
  EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace reachd::steps
