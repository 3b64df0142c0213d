#include "probes/net/shared_context.hpp"

#include <memory>

#include <gtest/gtest.h>

#include "tests/support/pki.hpp"

namespace reachd::net {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context made() {
  return {SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
}

int refuse(X509_STORE_CTX*, void*) {
  return 0;
}

// Whether a client of that context, which trusts the server's authority, gets through a handshake.
bool shake_hands(SSL_CTX* context) {
  test::Pki pki;
  const auto listener = test::server_context(pki.issue());
  SSL_CTX_load_verify_locations(context, pki.ca_file().c_str(), nullptr);
  using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;
  const Connection client(SSL_new(context), &SSL_free);
  const Connection server(SSL_new(listener.get()), &SSL_free);
  SSL_set_verify(client.get(), SSL_VERIFY_PEER, nullptr);
  BIO* near = nullptr;
  BIO* far = nullptr;
  BIO_new_bio_pair(&near, 0, &far, 0);
  SSL_set_bio(client.get(), near, near);
  SSL_set_bio(server.get(), far, far);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  for (int flight = 0; flight < 4; ++flight) {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  return SSL_is_init_finished(client.get()) == 1;
}

TEST(SharedContext, IsGivenOutWhileItIsOfferedAndAtNoOtherTime) {
  const SharedContext shared;
  Context first = made();
  Context second = made();
  EXPECT_NE(first, second);
  {
    const SharedContext::Offer offer(shared);
    first = made();
    second = made();
    EXPECT_EQ(first, second);
    const Context server(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    EXPECT_NE(server, first) << "only a client's";
  }
  EXPECT_NE(made(), first);
}

TEST(SharedContext, ForgetsWhatTheLastConnectionSetInIt) {
  const Context fresh = made();
  const SharedContext shared;
  const SharedContext::Offer offer(shared);
  {
    const Context used = made();
    SSL_CTX_set_options(used.get(), SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TICKET);
    SSL_CTX_set_min_proto_version(used.get(), TLS1_3_VERSION);
    SSL_CTX_set_verify(used.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(used.get(), &refuse, nullptr);
  }
  const Context again = made();
  EXPECT_TRUE(shake_hands(again.get()));
  EXPECT_EQ(SSL_CTX_get_options(again.get()), SSL_CTX_get_options(fresh.get()));
  EXPECT_EQ(SSL_CTX_get_min_proto_version(again.get()), SSL_CTX_get_min_proto_version(fresh.get()));
  EXPECT_EQ(SSL_CTX_get_verify_mode(again.get()), SSL_VERIFY_NONE);
}

TEST(SharedContext, OutlivesItsOwnerAsLongAsAConnectionUsesIt) {
  Context kept(nullptr, &SSL_CTX_free);
  {
    const SharedContext shared;
    const SharedContext::Offer offer(shared);
    kept = made();
  }
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(kept.get()), &SSL_free);
  EXPECT_NE(ssl, nullptr);
}

}  // namespace
}  // namespace reachd::net
