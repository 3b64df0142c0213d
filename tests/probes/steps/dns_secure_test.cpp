// The DNS step over TLS and HTTPS: what fails below DNS keeps the word of the layer that failed.
#include <boost/asio/post.hpp>

#include "tests/support/dns_asker.hpp"
#include "tests/support/tls_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::as_text;
using test::Bytes;
using test::DnsAsker;
using test::DnsServer;
using test::framed;
using test::LeafOptions;
using test::Peer;
using test::reply_to;
using test::TlsServer;
using Kind = ResolverSettings::Kind;

// The OPT record, the last bytes of every query of ours.
const std::string kQueryEnd("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);

// Reads a query that follows `before` on the connection; empty if the client went.
Bytes read_query(Peer& peer, std::string_view before = {}) {
  if (!peer.expect(kQueryEnd)) return {};
  const std::string& all = peer.received();
  const std::size_t at = before.empty() ? 2 : all.find(before) + before.size();
  return {all.begin() + static_cast<std::ptrdiff_t>(at), all.end()};
}

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string http_answer(const std::string& body,
                        const std::string& type = "application/dns-message",
                        const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class DnsSecure : public DnsAsker {
 protected:
  Observation ask(const TlsServer& server, Kind kind, std::chrono::milliseconds timeout = 15s) {
    auto asked = options(server.port(), kind);
    asked.resolver.server_name = "localhost";
    asked.timeout = timeout;
    return look_up(asked).observation;
  }
};

class DnsSecureBoth : public DnsSecure, public testing::WithParamInterface<Kind> {
 protected:
  Observation ask(const TlsServer& server, std::chrono::milliseconds timeout = 15s) {
    return DnsSecure::ask(server, GetParam(), timeout);
  }
  std::string failure_with(const LeafOptions& leaf) {
    const auto context = test::server_context(pki().issue(leaf));
    const TlsServer server(context.get(), [](Peer& peer) { peer.stall(); });
    return failure(ask(server));
  }
};
INSTANTIATE_TEST_SUITE_P(DotAndDoh, DnsSecureBoth, testing::Values(Kind::dot, Kind::doh),
                         [](const auto& kind) { return kind.param == Kind::dot ? "dot" : "doh"; });

TEST_P(DnsSecureBoth, ACertificateForAnotherNameIsNamed) {
  EXPECT_EQ(failure_with({.names = {"other.test"}, .addresses = {}}), "ssl_invalid_hostname");
}

TEST_P(DnsSecureBoth, ACertificateNobodyTrustsIsNamed) {
  EXPECT_EQ(failure_with({.signer = LeafOptions::Signer::stranger}), "ssl_unknown_authority");
  EXPECT_EQ(failure_with({.signer = LeafOptions::Signer::itself}), "ssl_unknown_authority");
}

TEST_P(DnsSecureBoth, AnExpiredCertificateIsNamed) {
  EXPECT_EQ(failure_with({.not_before = -48h, .not_after = -24h}), "ssl_invalid_certificate");
}

TEST_P(DnsSecureBoth, ARefusedConnectionIsNamed) {
  DnsServer server(loop_.io, nullptr);
  EXPECT_EQ(failure(look_up(options(server.port(), GetParam())).observation), "connection_refused");
}

TEST_P(DnsSecureBoth, AResetInTheHandshakeIsNamed) {
  const TlsServer server([](Peer& peer) {
    peer.read_client_hello();
    peer.reset();
  });
  EXPECT_EQ(failure(ask(server)), "connection_reset");
}

TEST_P(DnsSecureBoth, AResetAfterTheQueryIsNamed) {
  const auto context = test::server_context(pki().issue());
  const TlsServer server(context.get(), [](Peer& peer) {
    read_query(peer);
    peer.reset();
  });
  EXPECT_EQ(failure(ask(server)), "connection_reset");
}

TEST_P(DnsSecureBoth, TheEndOfTheConnectionAfterTheQueryIsNamed) {
  const auto context = test::server_context(pki().issue());
  const TlsServer server(context.get(), [](Peer& peer) {
    read_query(peer);
    peer.finish();
  });
  EXPECT_EQ(failure(ask(server)), "eof_error");
}

TEST_P(DnsSecureBoth, SilenceIsATimeoutInTheHandshakeAndAfterIt) {
  const auto stall = [](Peer& peer) { peer.stall(); };
  EXPECT_EQ(failure(ask(TlsServer(stall), 100ms)), "generic_timeout_error");
  const auto context = test::server_context(pki().issue());
  EXPECT_EQ(failure(ask(TlsServer(context.get(), stall), 300ms)), "generic_timeout_error");
}

TEST_P(DnsSecureBoth, GarbageInPlaceOfTlsIsNotOursAndNoAnswer) {
  const TlsServer server([](Peer& peer) {
    peer.read_client_hello();
    peer.send("220 mail.example.org ESMTP\r\n");
    peer.stall();
  });
  const Observation observation = ask(server);
  ASSERT_TRUE(observation.failure);
  EXPECT_EQ(observation.failure->word, Word::unknown_failure) << failure(observation);
  EXPECT_TRUE(observation.failure->text.starts_with("tls: ")) << failure(observation);
  EXPECT_EQ(seen(observation).answer, -1);
}

TEST_P(DnsSecureBoth, CancellationIsOurs) {
  std::function<void()> cancel;
  const auto context = test::server_context(pki().issue());
  const TlsServer server(context.get(), [&](Peer& peer) {
    read_query(peer);
    boost::asio::post(loop_.io, cancel);
    peer.stall();
  });
  const Observation observation = look_up_cancelled(
      [&] {
        auto asked = options(server.port(), GetParam());
        asked.resolver.server_name = "localhost";
        return asked;
      }(),
      [&](auto function) { cancel = function; });
  EXPECT_EQ(failure(observation), "reachd_cancelled");
}

TEST_F(DnsSecure, AnAnswerOverTlsIsRecorded) {
  const auto context = test::server_context(pki().issue());
  Bytes query;
  const TlsServer server(context.get(), [&](Peer& peer) {
    query = read_query(peer);
    peer.send(as_text(framed(reply_to(query, {"192.0.2.1"}))));
    peer.stall();
  });
  const Observation observation = ask(server, Kind::dot);
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).engine, "dot");
  EXPECT_EQ(seen(observation).url, "");
  EXPECT_EQ(seen(observation).answer, 0);
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsSecure, WithoutAServerNameTheAddressMustBeProven) {
  for (const bool proven : {true, false}) {
    LeafOptions leaf;
    if (!proven) leaf.addresses = {};
    const auto context = test::server_context(pki().issue(leaf));
    const TlsServer server(context.get(), [&](Peer& peer) {
      const Bytes query = read_query(peer);
      if (!query.empty()) peer.send(as_text(framed(reply_to(query, {"192.0.2.1"}))));
    });
    const Observation observation = look_up(options(server.port(), Kind::dot)).observation;
    EXPECT_EQ(failure(observation), proven ? "" : "ssl_invalid_hostname");
  }
}

int note_alpn(SSL*, const unsigned char**, unsigned char*, const unsigned char* in, unsigned size,
              void* offered) {
  static_cast<std::string*>(offered)->assign(in, in + size);
  return SSL_TLSEXT_ERR_NOACK;
}

TEST_F(DnsSecure, DnsOverTlsOffersItsOwnProtocol) {
  std::string offered;
  const auto context = test::server_context(pki().issue());
  SSL_CTX_set_alpn_select_cb(context.get(), note_alpn, &offered);
  {
    const TlsServer server(context.get(), [](Peer& peer) {
      peer.send(as_text(framed(reply_to(read_query(peer), {"192.0.2.1"}))));
    });
    EXPECT_EQ(failure(ask(server, Kind::dot)), "");
  }
  EXPECT_EQ(offered,
            "\x03"
            "dot");
}

TEST_F(DnsSecure, AnswersOverTlsThatAreNoneArePassedOver) {
  const auto context = test::server_context(pki().issue());
  const TlsServer server(context.get(), [](Peer& peer) {
    const Bytes query = read_query(peer);
    peer.send(as_text(framed({query[0], query[1], 0x81})));
    peer.send(as_text(framed(reply_to(query, {}, 3))));
    peer.stall();
  });
  const Observation observation = ask(server, Kind::dot);
  EXPECT_EQ(failure(observation), "dns_nxdomain_error");
  EXPECT_EQ(seen(observation).answer, 1);
}

TEST_F(DnsSecure, AnAnswerOverHttpsIsRecordedAndTheRequestIsPlain) {
  const auto context = test::server_context(pki().issue());
  std::string request;
  Bytes query;
  Observation observation;
  std::uint16_t port = 0;
  {
    const TlsServer server(context.get(), [&](Peer& peer) {
      query = read_query(peer, kHeadEnd);
      request = peer.received();
      peer.send(http_answer(as_text(reply_to(query, {"192.0.2.1"})),
                            "Application/DNS-Message; charset=binary"));
      peer.stall();
    });
    port = server.port();
    observation = ask(server, Kind::doh);
  }
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).engine, "doh");
  EXPECT_EQ(seen(observation).url, "https://localhost:" + std::to_string(port) + "/dns-query");
  EXPECT_EQ(observation.peer, (Endpoint{"127.0.0.1", port}));
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
  EXPECT_TRUE(request.starts_with("POST /dns-query HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nContent-Type: application/dns-message\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nAccept: application/dns-message\r\n"), std::string::npos);
  for (const char* word : {"curl", "reachd", "x-www-form-urlencoded"}) {
    EXPECT_EQ(request.find(word), std::string::npos) << request;
  }
  ASSERT_GE(query.size(), 2U);
  EXPECT_EQ(query[0], 0);  // the same question is the same request to every cache
  EXPECT_EQ(query[1], 0);
}

struct Answered {
  std::string name;
  std::function<std::string(const Bytes& query)> make;
  std::string failure;
};
void PrintTo(const Answered& answered, std::ostream* out) {
  *out << answered.name;
}

class DnsOverHttps : public DnsSecure, public testing::WithParamInterface<Answered> {};

TEST_P(DnsOverHttps, HasItsWord) {
  const auto context = test::server_context(pki().issue());
  const TlsServer server(context.get(), [](Peer& peer) {
    peer.send(GetParam().make(read_query(peer, kHeadEnd)));
    peer.stall();
  });
  EXPECT_EQ(failure(ask(server, Kind::doh)), GetParam().failure);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DnsOverHttps,
    testing::Values(
        Answered{"nxdomain",
                 [](const Bytes& q) { return http_answer(as_text(reply_to(q, {}, 3))); },
                 "dns_nxdomain_error"},
        Answered{"no data", [](const Bytes& q) { return http_answer(as_text(reply_to(q, {}))); },
                 "dns_no_answer"},
        Answered{"garbage", [](const Bytes&) { return http_answer("<html>"); },
                 "unknown_failure: malformed dns reply"},
        Answered{"cut", [](const Bytes&) { return http_answer(std::string(11, '\0')); },
                 "unknown_failure: malformed dns reply"},
        Answered{"empty", [](const Bytes&) { return http_answer(""); },
                 "unknown_failure: malformed dns reply"},
        Answered{"a page",
                 [](const Bytes& q) {
                   return http_answer(as_text(reply_to(q, {"192.0.2.1"})), "text/html");
                 },
                 "unknown_failure: doh: not of type application/dns-message"},
        Answered{"no type",
                 [](const Bytes&) {
                   return std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                 },
                 "unknown_failure: doh: not of type application/dns-message"},
        Answered{"forbidden",
                 [](const Bytes& q) {
                   return http_answer(as_text(reply_to(q, {"192.0.2.1"})),
                                      "application/dns-message", "403 Forbidden");
                 },
                 "unknown_failure: doh: HTTP status 403"},
        Answered{"too long", [](const Bytes&) { return http_answer(std::string(100'000, '\0')); },
                 "unknown_failure: doh: longer than a dns message can be"}));

}  // namespace
}  // namespace reachd
