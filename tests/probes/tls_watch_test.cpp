// What a handshake that never got as far as the wire is called, and how libcurl's own words are
// read.
#include "probes/net/tls_watch.hpp"

#include <cerrno>
#include <memory>

#include <gtest/gtest.h>

#include "tests/support/pki.hpp"

namespace reachd::net {
namespace {

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

// A client and a server that are joined in memory.
struct Pair {
  Ssl client;
  Ssl server;

  Pair(SSL_CTX* client_context, SSL_CTX* server_context)
      : client(SSL_new(client_context), &SSL_free), server(SSL_new(server_context), &SSL_free) {
    BIO* ours = nullptr;
    BIO* theirs = nullptr;
    BIO_new_bio_pair(&ours, 0, &theirs, 0);
    SSL_set_bio(client.get(), ours, ours);
    SSL_set_bio(server.get(), theirs, theirs);
  }

  bool shake() {
    for (int i = 0; i < 10; ++i) {
      const bool client_done = SSL_connect(client.get()) == 1;
      const bool server_done = SSL_accept(server.get()) == 1;
      if (client_done && server_done) return true;
    }
    return false;
  }
};

test::SslContext client_context() {
  return {SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
}

TEST(TlsWatch, TicketsAndGoodbyesAfterTheHandshakeDoNotMoveItsEnd) {
  test::Pki pki;
  const auto ours = client_context();
  const auto theirs = test::server_context(pki.issue());
  TlsWatch watch;
  watch.attach(ours.get());
  Pair pair(ours.get(), theirs.get());
  EXPECT_FALSE(watch.finished());
  ASSERT_TRUE(pair.shake());
  EXPECT_TRUE(watch.finished());
  const auto ended = watch.ended();
  EXPECT_LT(watch.began(), ended);

  // The tickets wait before the byte; then the goodbye of either side.
  char byte = 'x';
  ASSERT_EQ(SSL_write(pair.server.get(), &byte, 1), 1);
  ASSERT_EQ(SSL_read(pair.client.get(), &byte, 1), 1);
  SSL_shutdown(pair.server.get());
  EXPECT_EQ(SSL_read(pair.client.get(), &byte, 1), 0);
  SSL_shutdown(pair.client.get());
  EXPECT_EQ(watch.ended(), ended);
  EXPECT_EQ(watch.seen().alert, -1);
}

TEST(TlsWatch, TheVerifyModeStaysAndTheChainIsSeenAllTheSame) {
  test::Pki pki;
  const auto ours = client_context();  // of mode SSL_VERIFY_NONE, and trusts nobody
  const auto theirs = test::server_context(pki.issue());
  TlsWatch watch;
  watch.attach(ours.get(), "localhost");
  Pair pair(ours.get(), theirs.get());
  EXPECT_TRUE(pair.shake());
  EXPECT_EQ(watch.seen().chain.size(), 1U);
  EXPECT_EQ(watch.verify_result(), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST(TlsWatch, AfterItsReleaseItIsToldNothing) {
  test::Pki pki;
  const auto ours = client_context();
  const auto theirs = test::server_context(pki.issue());
  auto watch = std::make_unique<TlsWatch>();
  watch->attach(ours.get());
  Pair pair(ours.get(), theirs.get());
  ASSERT_TRUE(pair.shake());
  TlsWatch::release(pair.client.get());
  watch.reset();
  char byte = 'x';
  ASSERT_EQ(SSL_write(pair.server.get(), &byte, 1), 1);
  EXPECT_EQ(SSL_read(pair.client.get(), &byte, 1), 1);
}

std::string named(int error, bool eof, bool timeout, const std::string& text) {
  const TlsWatch watch;
  return to_string(tls_failure(watch, error, eof, timeout, text));
}

TEST(TlsFailure, OurOwnFaultsAreOurs) {
  EXPECT_EQ(named(EMFILE, false, false, ""), "reachd_no_descriptors");
  EXPECT_EQ(named(ENOMEM, false, false, ""), "reachd_no_memory");
  EXPECT_EQ(named(ECANCELED, false, false, ""), "reachd_cancelled");
}

TEST(TlsFailure, TheSocketsErrorsKeepTheirWords) {
  EXPECT_EQ(named(ECONNRESET, false, false, "some text"), "connection_reset");
  EXPECT_EQ(named(EPIPE, false, false, ""), "connection_reset");
  EXPECT_EQ(named(ETIMEDOUT, false, false, ""), "timed_out");
  EXPECT_EQ(named(EHOSTUNREACH, false, false, ""), "host_unreachable");
}

TEST(TlsFailure, OurDeadlineIsNotTheKernels) {
  EXPECT_EQ(named(ECANCELED, false, true, ""), "generic_timeout_error");
}

TEST(TlsFailure, WhatWasReadOutranksTheEndThatFollowed) {
  const std::string expected =
      "unknown_failure: tls: first record does not look like a TLS handshake";
  EXPECT_EQ(named(ECONNRESET, false, false, "wrong version number"), expected);
  EXPECT_EQ(named(0, true, false, "wrong version number"), expected);
  EXPECT_EQ(named(0, true, false, "decode error"), "unknown_failure: tls: decode error");
  EXPECT_EQ(named(0, true, false, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to a:443"),
            "eof_error");
}

TEST(TlsFailure, WordsOfOpensslAndLibcurlAreRead) {
  EXPECT_EQ(named(0, true, false, ""), "eof_error");
  EXPECT_EQ(named(0, false, false, "error:0A000126:SSL routines::unexpected eof while reading"),
            "eof_error");
  EXPECT_EQ(named(0, false, false,
                  "SSL: no alternative certificate subject name matches target host name 'a.test'"),
            "ssl_invalid_hostname");
  EXPECT_EQ(named(0, false, false, "error:0A00010B:SSL routines::wrong version number"),
            "unknown_failure: tls: first record does not look like a TLS handshake");
  EXPECT_EQ(named(0, false, false, "error:0A000100:SSL routines::missing \x1b[31mfatal\n"),
            "unknown_failure: tls: missing ?[31mfatal?");
  EXPECT_EQ(named(0, false, false, std::string(5000, 'x')).size(),
            std::string("unknown_failure: tls: ").size() + 200);
  EXPECT_EQ(named(0, false, false, ""), "ssl_failed_handshake");
}

}  // namespace
}  // namespace reachd::net
