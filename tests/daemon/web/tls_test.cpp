// The web server over TLS: who may shake hands, how, and for how long.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "daemon/web/answer.hpp"
#include "tests/support/entrances.hpp"
#include "tests/support/https_client.hpp"
#include "tests/support/served.hpp"

namespace reachd::web {
namespace {

using test::basic;
using test::HttpsClient;
using test::HttpsOptions;
using test::Leaf;
using test::LeafOptions;
using test::Pki;
using test::RawAnswer;
using test::RawClient;
using test::Served;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kHuge = 20 * 1024 * 1024;

Response echo(const Request& request) {
  if (request.target() == "/huge") {
    Response response = answer(HttpStatus::ok, kText, {});
    response.late_body = [left = 4](std::string& text) mutable {
      text.append(kHuge / 4, 'x');
      return --left > 0;
    };
    return response;
  }
  return answer(HttpStatus::ok, kText, std::string(request.target()));
}

std::uint64_t failed(const Entrance& entrance) {
  return entrance.tally->refused.at(static_cast<std::size_t>(Refusal::tls_handshake));
}

// One for all: keys take time.
const Pki& pki() {
  static Pki pki;
  return pki;
}
Leaf issue(const LeafOptions& options = {}) {
  return const_cast<Pki&>(pki()).issue(options);
}
const Leaf& server_leaf() {
  static const Leaf leaf = issue();
  return leaf;
}

WebAccess plain_tls() {
  WebAccess access;
  access.tls = test::tls_of(server_leaf());
  return access;
}

HttpsOptions trusting() {
  HttpsOptions options;
  options.ca_file = pki().ca_file();
  return options;
}

TEST(Tls, ServesWithAVerifiedCertificateAndAPassword) {
  WebAccess access = plain_tls();
  access.users = {{"me", test::hash_of("secret")}};
  Served served(echo, {}, test::entrance_of(access));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    HttpsOptions options = trusting();
    options.least = options.most = version;
    HttpsClient client(served.port(), options);
    ASSERT_TRUE(client.secure());
    EXPECT_EQ(client.get("/a", basic("me", "secret")).body, "/a");
    EXPECT_EQ(client.get("/b").status, 401);
    EXPECT_EQ(client.get("/c", basic("me", "secret")).body, "/c");
  }
}

TEST(Tls, ALargeAnswerArrivesWholeAndAClosingClientIsClosed) {
  Served served(echo, {}, test::entrance_of(plain_tls()));
  HttpsClient client(served.port(), trusting());
  EXPECT_EQ(client.get("/huge").body.size(), kHuge);
  EXPECT_EQ(client.get("/after").body, "/after");
  EXPECT_EQ(client.get("/last", "Connection: close\r\n").body, "/last");
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(client.was_told_the_end());
}

TEST(Tls, OldVersionsAreRefused) {
  const Entrance entrance = test::entrance_of(plain_tls());
  Served served(echo, {}, entrance);
  std::uint64_t count = 0;
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    HttpsOptions options = trusting();
    options.least = options.most = version;
    const HttpsClient client(served.port(), options);
    EXPECT_FALSE(client.secure()) << version;
    EXPECT_EQ(client.alert(), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION) << version;
    ++count;
  }
  EXPECT_EQ(HttpsClient(served.port(), trusting()).get("/").status, 200);
  EXPECT_EQ(failed(entrance), count);
}

TEST(Tls, TheConfiguredVersionsAndSuitesAreKept) {
  WebAccess access = plain_tls();
  access.tls->least = TlsVersion::tls13;
  HttpsOptions twelve = trusting();
  twelve.most = TLS1_2_VERSION;
  {
    Served served(echo, {}, test::entrance_of(access));
    EXPECT_FALSE(HttpsClient(served.port(), twelve).secure());
    EXPECT_TRUE(HttpsClient(served.port(), trusting()).secure());
  }
  access.tls->least = access.tls->most = TlsVersion::tls12;
  access.tls->suites12 = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256";
  access.tls->groups = "X25519:P-256";
  HttpsOptions thirteen = trusting();
  thirteen.least = TLS1_3_VERSION;
  HttpsOptions other = trusting();
  other.suites12 = "ECDHE-ECDSA-AES256-GCM-SHA384";
  HttpsOptions reversed = trusting();
  reversed.suites12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
  for (const bool server_prefers : {true, false}) {
    access.tls->server_prefers = server_prefers;
    Served served(echo, {}, test::entrance_of(access));
    EXPECT_FALSE(HttpsClient(served.port(), thirteen).secure());
    EXPECT_FALSE(HttpsClient(served.port(), other).secure());
    EXPECT_EQ(HttpsClient(served.port(), reversed).suite(),
              server_prefers ? "ECDHE-ECDSA-CHACHA20-POLY1305" : "ECDHE-ECDSA-AES128-GCM-SHA256");
  }
}

TEST(Tls, HttpOneIsSpokenByAlpnAndNothingElse) {
  Served served(echo, {}, test::entrance_of(plain_tls()));
  HttpsOptions options = trusting();
  options.protocols = {"h2", "http/1.1"};
  HttpsClient both(served.port(), options);
  EXPECT_EQ(both.protocol(), "http/1.1");
  EXPECT_EQ(both.get("/a").body, "/a");
  options.protocols = {"h2"};
  EXPECT_FALSE(HttpsClient(served.port(), options).secure());
}

TEST(Tls, PlainHttpIsToldSo) {
  const Entrance entrance = test::entrance_of(plain_tls());
  Served served(echo, {}, entrance);
  RawClient client(served.port());
  const RawAnswer got = client.get("/");
  EXPECT_EQ(got.status, 400);
  EXPECT_THAT(got.body, HasSubstr("HTTPS"));
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(failed(entrance), 1U);
}

TEST(Tls, ASlowHandshakeIsEnded) {
  const Entrance entrance = test::entrance_of(plain_tls());
  Limits limits;
  limits.handshake_time = std::chrono::milliseconds(1500);
  Served served(echo, limits, entrance);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (const char* bytes : {"", "\x16\x03\x01", "\x16\x03\x01\x02\x10\x01\x02"}) {
    slow.push_back(std::make_unique<RawClient>(served.port()));
    slow.back()->send(bytes);
  }
  HttpsClient fast(served.port(), trusting());
  for (const auto& client : slow) EXPECT_TRUE(client->at_end());
  EXPECT_EQ(fast.get("/").status, 200) << "the time is the handshake's only";
  EXPECT_EQ(failed(entrance), 3U);
}

// However many begin one and leave it there, the next client is served: the oldest makes room.
TEST(Tls, HandshakesThatStandStillStopNobody) {
  Limits limits;
  limits.connections = 3;
  Served served(echo, limits, test::entrance_of(plain_tls()));
  std::vector<std::unique_ptr<RawClient>> stuck;
  for (int i = 0; i < 10; ++i) {
    stuck.push_back(std::make_unique<RawClient>(served.port()));
    stuck.back()->send("\x16\x03\x01");
    HttpsClient client(served.port(), trusting());
    EXPECT_EQ(client.get("/").status, 200) << i;
  }
  EXPECT_TRUE(stuck.front()->at_end());
}

// What a client with no certificate, with a foreign one and with the right one gets.
struct Expected {
  ClientAuth auth;
  bool none;
  bool foreign;
  bool right;
};
void PrintTo(const Expected& expected, std::ostream* out) {
  *out << static_cast<int>(expected.auth);
}
class ClientCertificates : public testing::TestWithParam<Expected> {};

bool is_served(std::uint16_t port, const Leaf* own, int version) {
  HttpsOptions options = trusting();
  options.own = own;
  options.least = options.most = version;
  HttpsClient client(port, options);
  return client.secure() && client.get("/").status == 200;
}

TEST_P(ClientCertificates, AreAskedForAsConfigured) {
  WebAccess access = plain_tls();
  access.tls->client_auth = GetParam().auth;
  if (GetParam().auth >= ClientAuth::verify_if_given) {
    access.tls->client_ca.path = pki().ca_file();
  }
  const Leaf right = issue();
  LeafOptions stranger;
  stranger.signer = LeafOptions::Signer::stranger;
  const Leaf foreign = issue(stranger);
  LeafOptions past;
  past.not_after = -std::chrono::minutes(1);
  const Leaf expired = issue(past);
  Served served(echo, {}, test::entrance_of(access));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(is_served(served.port(), nullptr, version), GetParam().none);
    EXPECT_EQ(is_served(served.port(), &foreign, version), GetParam().foreign);
    EXPECT_EQ(is_served(served.port(), &expired, version), GetParam().foreign);
    EXPECT_EQ(is_served(served.port(), &right, version), GetParam().right);
  }
}

INSTANTIATE_TEST_SUITE_P(Tls, ClientCertificates,
                         testing::Values(Expected{ClientAuth::none, true, true, true},
                                         Expected{ClientAuth::request, true, true, true},
                                         Expected{ClientAuth::require_any, false, true, true},
                                         Expected{ClientAuth::verify_if_given, true, false, true},
                                         Expected{ClientAuth::verify, false, false, true}));

TEST(Tls, OfVerifiedClientsOnlyTheAllowedNamesMayCome) {
  WebAccess access = plain_tls();
  access.tls->client_auth = ClientAuth::verify;
  access.tls->client_ca.path = pki().ca_file();
  access.tls->client_sans = {"prometheus.example", "192.0.2.7", "2001:db8::7"};
  const auto leaf = [](std::vector<std::string> names, std::vector<std::string> addresses,
                       LeafOptions::Signer signer = LeafOptions::Signer::authority) {
    LeafOptions options;
    options.names = std::move(names);
    options.addresses = std::move(addresses);
    options.signer = signer;
    return issue(options);
  };
  Served served(echo, {}, test::entrance_of(access));
  const auto comes_in = [&](const Leaf& own) {
    return is_served(served.port(), &own, TLS1_3_VERSION);
  };
  EXPECT_TRUE(comes_in(leaf({"prometheus.example"}, {})));
  EXPECT_TRUE(comes_in(leaf({"other.example", "prometheus.example"}, {})));
  EXPECT_TRUE(comes_in(leaf({}, {"192.0.2.7"})));
  EXPECT_TRUE(comes_in(leaf({}, {"2001:db8::7"})));
  EXPECT_TRUE(comes_in(leaf({"prometheus.example"}, {}, LeafOptions::Signer::intermediate)));
  EXPECT_FALSE(comes_in(leaf({"prometheus.example"}, {}, LeafOptions::Signer::stranger)));
  EXPECT_FALSE(comes_in(leaf({"other.example"}, {"192.0.2.8"})));
  EXPECT_FALSE(comes_in(leaf({"*.example"}, {})));
  EXPECT_FALSE(comes_in(leaf({}, {})));
  EXPECT_FALSE(is_served(served.port(), nullptr, TLS1_3_VERSION));
}

TEST(Tls, AReloadChangesCertificateAndPasswordsAndCutsNobodyOff) {
  WebAccess access = plain_tls();
  access.users = {{"me", test::hash_of("first")}};
  Served served(echo, {}, test::entrance_of(access));
  HttpsClient open(served.port(), trusting());
  HttpsClient idle(served.port(), trusting());
  EXPECT_EQ(open.get("/", basic("me", "first")).status, 200);
  EXPECT_EQ(idle.get("/", basic("me", "first")).status, 200);

  access.tls = test::tls_of(issue());
  access.users = {{"me", test::hash_of("second")}};
  served.set_entrance(test::entrance_of(access));
  HttpsClient fresh(served.port(), trusting());
  EXPECT_NE(fresh.certificate(), open.certificate());
  EXPECT_EQ(fresh.get("/", basic("me", "first")).status, 401);
  EXPECT_EQ(fresh.get("/", basic("me", "second")).status, 200);

  const RawAnswer last = open.get("/", basic("me", "second"));
  EXPECT_EQ(last.status, 200) << "the open connection goes on";
  EXPECT_THAT(last.header, HasSubstr("\r\nConnection: close\r\n")) << "and is asked to come anew";
  EXPECT_TRUE(open.at_end());
  EXPECT_EQ(idle.get("/", basic("me", "first")).status, 401);

  served.set_entrance({});  // no TLS any more
  EXPECT_EQ(RawClient(served.port()).get("/").status, 200);
  EXPECT_EQ(fresh.get("/").status, 200);
}

TEST(Tls, StopEndsHandshakesAndConnections) {
  Served served(echo, {}, test::entrance_of(plain_tls()));
  RawClient silent(served.port());
  HttpsClient idle(served.port(), trusting());
  HttpsClient half(served.port(), trusting());
  EXPECT_EQ(idle.get("/").status, 200);
  half.send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(served.stop());
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(half.at_end());
}

}  // namespace
}  // namespace reachd::web
