// The TLS step against real peers on loopback: good ones, and each way to be bad.
#include "probes/steps/tls.hpp"

#include <cerrno>
#include <ctime>

#include <gtest/gtest.h>

#include "tests/support/loop.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::LeafOptions;
using test::Peer;
using test::TlsServer;
using Signer = LeafOptions::Signer;

class Tls : public testing::Test {
 protected:
  static test::Pki& pki() {
    static test::Pki made;
    return made;
  }

  // Connects and shakes hands.
  steps::Secured secure(const TlsServer& server, std::string name = "localhost",
                        std::chrono::milliseconds patience = 15s,
                        std::vector<std::string> alpn = {}) {
    const auto now = Clock::now();
    attempt_ = {{"127.0.0.1", server.port()}, now, now + patience, 3, 1};
    boost::asio::ip::tcp::socket socket(loop_.io);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    return test::run(loop_.io, steps::secure(loop_.way, attempt_, std::move(socket), {name, alpn}));
  }

  static const TlsSeen& seen(const steps::Secured& secured) {
    return std::get<TlsSeen>(secured.observation.seen);
  }

  static std::string failure(const steps::Secured& secured) {
    const auto& found = secured.observation.failure;
    return found ? to_string(*found) : "";
  }

  // What a script that plays the peer after the ClientHello ends in.
  steps::Secured after_hello(std::function<void(Peer&)> script) {
    const TlsServer server([&](Peer& peer) {
      peer.read_client_hello();
      script(peer);
    });
    return secure(server);
  }

  test::Loop loop_{pki().ca_file()};
  steps::Attempt attempt_;
};

void wait_for_the_end(Peer& peer) {
  peer.expect("\n");
}

TEST_F(Tls, AGoodHandshakeTellsWhatWasNegotiated) {
  const auto context = test::server_context(pki().issue());
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "");
  ASSERT_TRUE(secured.stream);
  EXPECT_EQ(secured.observation.stage, Stage::tls);
  EXPECT_EQ(secured.observation.transaction, 3);
  EXPECT_EQ(secured.observation.depth, 1);
  EXPECT_EQ(secured.observation.peer, attempt_.peer);
  EXPECT_GT(secured.observation.took, 0us);
  EXPECT_EQ(seen(secured).server_name, "localhost");
  EXPECT_EQ(seen(secured).version, "TLSv1.3");
  EXPECT_TRUE(seen(secured).cipher.starts_with("TLS_")) << seen(secured).cipher;
  EXPECT_EQ(seen(secured).alpn, "");
  EXPECT_EQ(seen(secured).alert, -1);
  EXPECT_EQ(seen(secured).verify_error, "");
  EXPECT_TRUE(seen(secured).client_hello_sent);
  EXPECT_TRUE(seen(secured).server_hello_seen);
}

TEST_F(Tls, AnOlderServerIsSpokenToInItsVersion) {
  const auto context = test::server_context(pki().issue(), TLS1_2_VERSION, TLS1_2_VERSION);
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "");
  EXPECT_EQ(seen(secured).version, "TLSv1.2");
  EXPECT_TRUE(seen(secured).cipher.starts_with("TLS_ECDHE_")) << seen(secured).cipher;
  ASSERT_EQ(seen(secured).chain.size(), 1U);
}

TEST_F(Tls, BytesGoThroughAndTheStreamOutlivesTheWatch) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto context = test::server_context(pki().issue(), version, version);
    TlsServer server(context.get(), [](Peer& peer) {
      peer.expect("ping");
      peer.send("pong");
      peer.expect("\n");
    });
    auto secured = secure(server);
    ASSERT_TRUE(secured.stream);
    boost::asio::write(*secured.stream, boost::asio::buffer("ping", 4));
    std::string answer(4, '\0');  // comes after the tickets of TLS 1.3
    boost::asio::read(*secured.stream, boost::asio::buffer(answer));
    EXPECT_EQ(answer, "pong");
  }
}

TEST_F(Tls, TheProtocolThatTheServerTookIsNoted) {
  const auto context = test::server_context(pki().issue());
  SSL_CTX_set_alpn_select_cb(
      context.get(),
      [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned,
         void*) {
        *out = in + 1;  // the first that is offered
        *size = in[0];
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  TlsServer server(context.get(), wait_for_the_end);
  EXPECT_EQ(seen(secure(server, "localhost", 15s, {"imap", "x"})).alpn, "imap");
}

TEST_F(Tls, TheNameIsSentAndAnAddressIsNot) {
  const auto context = test::server_context(pki().issue());
  std::string asked;
  const auto serve_name = [&](Peer& peer) {
    const std::string hello = peer.read_client_hello();
    asked = hello.find("localhost") != std::string::npos   ? "name"
            : hello.find("127.0.0.1") != std::string::npos ? "address"
                                                           : "none";
  };
  {
    TlsServer server(serve_name);
    secure(server, "localhost");
  }
  EXPECT_EQ(asked, "name");
  {
    TlsServer server(serve_name);
    secure(server, "127.0.0.1");
  }
  EXPECT_EQ(asked, "none");
}

struct BadChain {
  const char* what;
  LeafOptions leaf;
  std::string name;
  std::string failure;
  std::string verify_error;  // its beginning
};

LeafOptions leaf_by(Signer signer) {
  LeafOptions options;
  options.signer = signer;
  return options;
}

LeafOptions leaf_for(std::vector<std::string> names, std::vector<std::string> addresses = {}) {
  LeafOptions options;
  options.names = std::move(names);
  options.addresses = std::move(addresses);
  return options;
}

LeafOptions leaf_valid(std::chrono::seconds from, std::chrono::seconds to) {
  LeafOptions options;
  options.not_before = from;
  options.not_after = to;
  return options;
}

TEST_F(Tls, AChainThatDoesNotVerifyIsKeptAndNamed) {
  LeafOptions cut = leaf_by(Signer::intermediate);
  cut.send_intermediate = false;
  LeafOptions expired_stranger = leaf_valid(-48h, -24h);
  expired_stranger.signer = Signer::stranger;
  LeafOptions expired_other = leaf_valid(-48h, -24h);
  expired_other.names = {"other.test"};
  const std::vector<BadChain> table{
      {"self-signed", leaf_by(Signer::itself), "localhost", "ssl_unknown_authority", "self-signed"},
      {"stranger", leaf_by(Signer::stranger), "localhost", "ssl_unknown_authority",
       "unable to get local issuer"},
      {"incomplete", cut, "localhost", "ssl_unknown_authority", "unable to get local issuer"},
      {"expired", leaf_valid(-48h, -24h), "localhost", "ssl_invalid_certificate",
       "certificate has expired"},
      {"not yet", leaf_valid(24h, 48h), "localhost", "ssl_invalid_certificate",
       "certificate is not yet valid"},
      {"other name", leaf_for({"other.test"}), "localhost", "ssl_invalid_hostname",
       "hostname mismatch"},
      {"other address", leaf_for({"localhost"}, {"127.0.0.2"}), "127.0.0.1", "ssl_invalid_hostname",
       "IP address mismatch"},
      {"name for address", leaf_for({"127.0.0.1"}), "127.0.0.1", "ssl_invalid_hostname",
       "IP address mismatch"},
      {"no names", leaf_for({}, {"127.0.0.1"}), "leaf", "ssl_invalid_hostname",
       "hostname mismatch"},
      {"partial wildcard", leaf_for({"l*.test"}), "lo.test", "ssl_invalid_hostname",
       "hostname mismatch"},
      {"expired and a stranger's", expired_stranger, "localhost", "ssl_unknown_authority",
       "unable to get local issuer"},
      {"expired and another's", expired_other, "localhost", "ssl_invalid_certificate",
       "certificate has expired"},
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const BadChain& row : table) {
      SCOPED_TRACE(std::string(row.what) + " " + std::to_string(version));
      const auto context = test::server_context(pki().issue(row.leaf), version, version);
      TlsServer server(context.get(), wait_for_the_end);
      const auto secured = secure(server, row.name);
      EXPECT_EQ(failure(secured), row.failure);
      EXPECT_TRUE(seen(secured).verify_error.starts_with(row.verify_error))
          << seen(secured).verify_error;
      EXPECT_FALSE(secured.stream);
      EXPECT_TRUE(secured.tcp_info);
      EXPECT_EQ(seen(secured).chain.size(), 1U);
      EXPECT_NE(seen(secured).version, "");
      EXPECT_GE(seen(secured).alert, 0);
      EXPECT_FALSE(seen(secured).alert_received);
    }
  }
}

TEST_F(Tls, NamesAddressesAndWildcardsThatFitAreTaken) {
  const std::vector<std::pair<LeafOptions, std::string>> table{
      {leaf_for({"localhost"}, {"127.0.0.1"}), "127.0.0.1"},
      {leaf_for({"localhost"}, {"::1"}), "::1"},
      {leaf_for({"*.mail.test"}), "imap.mail.test"},
      {leaf_for({"other.test", "localhost"}), "localhost"},
  };
  for (const auto& [leaf, name] : table) {
    const auto context = test::server_context(pki().issue(leaf));
    TlsServer server(context.get(), wait_for_the_end);
    EXPECT_EQ(failure(secure(server, name)), "") << name;
  }
}

TEST_F(Tls, TheChainIsKeptAsItWasSentLeafFirst) {
  const auto context = test::server_context(pki().issue(leaf_by(Signer::intermediate)));
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "");
  const auto& chain = seen(secured).chain;
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0].subject, "CN=localhost");
  EXPECT_EQ(chain[0].issuer, "CN=Test Intermediate");
  EXPECT_EQ(chain[1].subject, "CN=Test Intermediate");
  EXPECT_EQ(chain[1].issuer, "CN=Test Root");
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  EXPECT_NEAR(static_cast<double>(chain[0].not_before - now), -3600, 120);
  EXPECT_NEAR(static_cast<double>(chain[0].not_after - now), 86400, 120);
  const auto* der = reinterpret_cast<const unsigned char*>(chain[0].der.data());
  X509* const parsed = d2i_X509(nullptr, &der, static_cast<long>(chain[0].der.size()));
  EXPECT_NE(parsed, nullptr);
  X509_free(parsed);
}

TEST_F(Tls, ALongChainIsKeptAsFarAsItsBound) {
  const auto context = test::server_context(pki().issue());
  X509* const extra = SSL_CTX_get0_certificate(context.get());
  for (int i = 0; i < 30; ++i) SSL_CTX_add1_chain_cert(context.get(), extra);
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "");
  EXPECT_EQ(seen(secured).chain.size(), 10U);
}

// A leaf of about as many bytes.
LeafOptions leaf_of(std::size_t bytes) {
  LeafOptions options;
  const std::string label(60, 'x');
  const std::string name = label + '.' + label + '.' + label + ".test";
  for (std::size_t size = 0; size < bytes; size += name.size()) options.names.push_back(name);
  return options;
}

TEST_F(Tls, AVastCertificateIsNotKeptAndAnAbsurdOneNotRead) {
  {
    const auto context = test::server_context(pki().issue(leaf_of(80'000)));
    TlsServer server(context.get(), wait_for_the_end);
    const auto secured = secure(server);
    EXPECT_EQ(failure(secured), "");
    EXPECT_TRUE(seen(secured).chain.empty());
  }
  const auto context = test::server_context(pki().issue(leaf_of(1'000'000)));
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "unknown_failure: tls: excessive message size");
  EXPECT_TRUE(seen(secured).chain.empty());
}

TEST_F(Tls, AnAlertIsNamedAndNumbered) {
  const std::vector<std::pair<int, std::string>> table{
      {40, "unknown_failure: remote error: tls: handshake failure"},
      {70, "unknown_failure: remote error: tls: protocol version not supported"},
      {80, "unknown_failure: remote error: tls: internal error"},
      {112, "ssl_invalid_hostname"},
      {99, "unknown_failure: remote error: tls: alert(99)"},
  };
  for (const auto& [number, expected] : table) {
    const auto secured = after_hello([&](Peer& peer) {
      peer.send_alert(number);
      peer.finish();
    });
    EXPECT_EQ(failure(secured), expected);
    EXPECT_EQ(seen(secured).alert, number);
    EXPECT_TRUE(seen(secured).alert_received);
    EXPECT_FALSE(seen(secured).server_hello_seen);
  }
}

TEST_F(Tls, AResetAfterTheClientHelloIsAReset) {
  const auto secured = after_hello([](Peer& peer) { peer.reset(); });
  EXPECT_EQ(failure(secured), "connection_reset");
  EXPECT_TRUE(seen(secured).client_hello_sent);
  EXPECT_FALSE(seen(secured).server_hello_seen);
  EXPECT_EQ(seen(secured).version, "");
  EXPECT_EQ(seen(secured).alert, -1);
  ASSERT_TRUE(secured.tcp_info);
  EXPECT_EQ(secured.tcp_info->bytes_received, 0U);
}

TEST_F(Tls, AResetAfterTheServerHelloShowsThatItCame) {
  const auto context = test::server_context(pki().issue());
  TlsServer server([&](Peer& peer) {
    peer.send_server_hello(context.get(), peer.read_client_hello());
    peer.reset();
  });
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "connection_reset");
  EXPECT_TRUE(seen(secured).server_hello_seen);
}

TEST_F(Tls, AnEndAfterTheClientHelloIsAnEnd) {
  const auto secured = after_hello([](Peer& peer) { peer.finish(); });
  EXPECT_EQ(failure(secured), "eof_error");
  EXPECT_EQ(seen(secured).alert, -1);
}

TEST_F(Tls, PlainTextIsNoHandshake) {
  for (const char* text : {"HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.test ESMTP\r\n"}) {
    const auto secured = after_hello([&](Peer& peer) {
      peer.send(text);
      peer.finish();
    });
    EXPECT_EQ(failure(secured),
              "unknown_failure: tls: first record does not look like a TLS handshake");
  }
}

TEST_F(Tls, SilenceEndsAtTheDeadline) {
  TlsServer server([](Peer& peer) { peer.stall(); });
  const auto secured = secure(server, "localhost", 200ms);
  EXPECT_EQ(failure(secured), "generic_timeout_error");
  EXPECT_GE(secured.observation.took, 100ms);  // it begins some time after the attempt
  EXPECT_TRUE(seen(secured).client_hello_sent);
  ASSERT_TRUE(secured.tcp_info);
  EXPECT_GT(secured.tcp_info->bytes_acked, 100U);
}

TEST_F(Tls, AWarningIsNoRefusal) {
  TlsServer server([](Peer& peer) {
    peer.read_client_hello();
    peer.send(std::string{'\x15', '\x03', '\x03', '\0', '\x02', '\x01', '\x70'});
    peer.stall();
  });
  const auto secured = secure(server, "localhost", 1s);
  EXPECT_EQ(failure(secured), "generic_timeout_error");
  EXPECT_EQ(seen(secured).alert, 112);
}

TEST_F(Tls, AServerOfAnAgeThatIsOverIsNoSecurity) {
  const auto context = test::server_context(pki().issue(), TLS1_VERSION, TLS1_1_VERSION);
  SSL_CTX_set_security_level(context.get(), 0);
  TlsServer server(context.get(), wait_for_the_end);
  const auto secured = secure(server);
  EXPECT_EQ(failure(secured), "unknown_failure: remote error: tls: protocol version not supported");
}

TEST_F(Tls, BeingCalledOffIsOurs) {
  TlsServer server([](Peer& peer) { peer.stall(); });
  const auto now = Clock::now();
  attempt_ = {{"127.0.0.1", server.port()}, now, now + 15s};
  boost::asio::ip::tcp::socket socket(loop_.io);
  socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
  boost::asio::cancellation_signal signal;
  std::optional<steps::Secured> secured;
  boost::asio::co_spawn(
      loop_.io, steps::secure(loop_.way, attempt_, std::move(socket), {"localhost", {}}),
      boost::asio::bind_cancellation_slot(
          signal.slot(),
          [&](std::exception_ptr, steps::Secured got) { secured = std::move(got); }));
  boost::asio::steady_timer timer(loop_.io, 20ms);
  timer.async_wait([&](auto) { signal.emit(boost::asio::cancellation_type::all); });
  loop_.io.run_for(10s);
  ASSERT_TRUE(secured);
  EXPECT_EQ(failure(*secured), "reachd_cancelled");
}

}  // namespace
}  // namespace reachd
