#include "probes/net/shared_context.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace reachd::net {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context made() {
  return {SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
}

int refuse(X509_STORE_CTX*, void*) {
  return 0;
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
