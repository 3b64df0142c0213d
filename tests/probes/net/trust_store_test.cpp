#include "probes/net/trust_store.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace reachd::net {
namespace {
using testing::HasSubstr;

// A file that is gone when the test is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string name = std::filesystem::temp_directory_path() / "reachd-trust-XXXXXX";
    ::close(::mkstemp(name.data()));
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(TrustStore, AMissingFileIsASentenceWithItsNameAndReason) {
  const auto store = TrustStore::load("/nonexistent/ca.crt");
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), HasSubstr("/nonexistent/ca.crt"));
  EXPECT_THAT(store.error(), HasSubstr("No such file"));
}

TEST(TrustStore, AFileWithoutCertificatesIsRefused) {
  for (const char* text : {"", "nothing to see\n", "-----BEGIN PUBLIC KEY-----\n"}) {
    const TemporaryFile file(text);
    const auto store = TrustStore::load(file.path());
    ASSERT_FALSE(store) << text;
    EXPECT_THAT(store.error(), HasSubstr(file.path()));
  }
}

TEST(TrustStore, ADamagedCertificateIsRefusedWithItsNumber) {
  const TemporaryFile file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const auto store = TrustStore::load(file.path());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), HasSubstr("certificate 1 of"));
}

TEST(TrustStore, ADirectoryIsRefused) {
  EXPECT_FALSE(TrustStore::load("/tmp"));
}

TEST(TrustStore, ASeparateOneHoldsTheSameAndSharesNothing) {
  const auto store = TrustStore::load("/etc/ssl/certs/ca-certificates.crt");
  ASSERT_TRUE(store);
  const TrustStore other = store->separate();
  const auto* const ours = X509_STORE_get0_objects(store->native_handle());
  const auto* const theirs = X509_STORE_get0_objects(other.native_handle());
  ASSERT_EQ(sk_X509_OBJECT_num(theirs), sk_X509_OBJECT_num(ours));
  ASSERT_GT(sk_X509_OBJECT_num(ours), 50);
  for (int i = 0; i < sk_X509_OBJECT_num(ours); ++i) {
    const X509* const one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(ours, i));
    const X509* const same = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(theirs, i));
    EXPECT_EQ(X509_cmp(one, same), 0);
    EXPECT_NE(one, same);
  }
  const auto flags = [](const TrustStore& of) {
    return X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(of.native_handle()));
  };
  EXPECT_EQ(flags(other), flags(*store));
}

TEST(TrustStore, OneStoreServesManyContexts) {
  const auto store = TrustStore::load("/etc/ssl/certs/ca-certificates.crt");
  ASSERT_TRUE(store) << store.error();
  for (int i = 0; i < 3; ++i) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    store->install(context);
    EXPECT_EQ(SSL_CTX_get_cert_store(context), store->native_handle());
    EXPECT_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER);
    SSL_CTX_free(context);
  }
}

}  // namespace
}  // namespace reachd::net
