#include "probes/net/certificate_cache.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "probes/net/trust_store.hpp"
#include "tests/support/pki.hpp"

namespace reachd::net {
namespace {
using namespace std::chrono_literals;

using Parsed = std::unique_ptr<X509, decltype(&X509_free)>;

std::string der_of(const test::Leaf& leaf) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(leaf.certificate_file.c_str(), "re"), &std::fclose);
  const Parsed certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate.get(), &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

// As libssl calls it.
Parsed parse(const std::string& der, std::size_t* read = nullptr) {
  const auto* const from = reinterpret_cast<const unsigned char*>(der.data());
  const auto* at = from;
  X509* certificate = X509_new();
  if (d2i_X509(&certificate, &at, static_cast<long>(der.size())) == nullptr) certificate = nullptr;
  if (read != nullptr) *read = static_cast<std::size_t>(at - from);
  return {certificate, &X509_free};
}

// A verification of that leaf, as a handshake begins it.
class Verification {
 public:
  Verification(const TrustStore& trust, X509* leaf)
      : sent_(sk_X509_new_null()), store_(X509_STORE_CTX_new()) {
    sk_X509_push(sent_, leaf);
    X509_STORE_CTX_init(store_, trust.native_handle(), leaf, sent_);
  }
  ~Verification() {
    X509_STORE_CTX_free(store_);
    sk_X509_free(sent_);
  }
  Verification(const Verification&) = delete;
  Verification& operator=(const Verification&) = delete;
  X509_STORE_CTX* get() { return store_; }

 private:
  STACK_OF(X509) * sent_;
  X509_STORE_CTX* store_;
};

class CertificateCacheTest : public testing::Test {
 protected:
  test::Pki pki;
  TrustStore trust = *TrustStore::load(pki.ca_file());
  CertificateCache cache;
  const CertificateCache::Time now = std::chrono::system_clock::now();
};

TEST_F(CertificateCacheTest, ParsesTheSameBytesOnceWhileItIsUsedAndOnlyThen) {
  const std::string one = der_of(pki.issue());
  const std::string other = der_of(pki.issue());
  EXPECT_NE(parse(one).get(), nullptr);
  EXPECT_EQ(CertificateCache::in_use(), nullptr);
  Parsed first(nullptr, &X509_free);
  {
    const CertificateCache::Use use(cache);
    EXPECT_EQ(CertificateCache::in_use(), &cache);
    std::size_t read = 0;
    first = parse(one);
    EXPECT_EQ(parse(one, &read).get(), first.get());
    EXPECT_EQ(read, one.size());
    const Parsed another = parse(other);
    EXPECT_NE(another.get(), first.get());
    EXPECT_NE(X509_cmp(another.get(), first.get()), 0);
  }
  EXPECT_NE(parse(one).get(), first.get());
  EXPECT_EQ(X509_cmp(parse(one).get(), first.get()), 0);
}

TEST_F(CertificateCacheTest, WhatIsNoCertificateOrMoreThanOneIsNotKept) {
  const std::string der = der_of(pki.issue());
  const std::string longer = der + "more";
  const std::string broken = der.substr(0, der.size() - 1);
  const CertificateCache::Use use(cache);
  for (int i = 0; i < 2; ++i) {
    std::size_t read = 0;
    const Parsed parsed = parse(longer, &read);
    EXPECT_NE(parsed.get(), nullptr);
    EXPECT_EQ(read, der.size()) << "whoever asks sees that something is left over";
    EXPECT_EQ(parse(broken).get(), nullptr);
  }
  const auto* const bytes = reinterpret_cast<const unsigned char*>(longer.data());
  EXPECT_EQ(cache.find(bytes, longer.size()), nullptr);
  const std::string large(9000, 'x');
  const auto* const many = reinterpret_cast<const unsigned char*>(large.data());
  cache.keep(many, large.size(), parse(der).get());
  EXPECT_EQ(cache.find(many, large.size()), nullptr);
}

TEST_F(CertificateCacheTest, HoldsNoMoreThanItsBound) {
  const Parsed certificate = parse(der_of(pki.issue()));
  const auto bytes_of = [](const std::size_t& number) {
    return reinterpret_cast<const unsigned char*>(&number);
  };
  std::size_t known = 0;
  for (std::size_t i = 0; i < 2 * CertificateCache::kMost; ++i) {
    cache.keep(bytes_of(i), sizeof i, certificate.get());
  }
  for (std::size_t i = 0; i < 2 * CertificateCache::kMost; ++i) {
    const Parsed found(cache.find(bytes_of(i), sizeof i), &X509_free);
    known += found ? 1 : 0;
  }
  EXPECT_EQ(known, CertificateCache::kMost);
}

TEST_F(CertificateCacheTest, AChainIsValidForItsNameAndStoreForAnHour) {
  const Parsed leaf = parse(der_of(pki.issue()));
  const TrustStore same = *TrustStore::load(pki.ca_file());
  {
    Verification verification(trust, leaf.get());
    EXPECT_EQ(cache.find_valid(verification.get(), "localhost", now), nullptr);
    ASSERT_EQ(X509_verify_cert(verification.get()), 1);
    cache.keep_valid(verification.get(), "localhost", {{"der", "CN=localhost", "CN=Root"}}, now);
  }
  Verification again(trust, leaf.get());
  const auto* const valid = cache.find_valid(again.get(), "localhost", now + 59min);
  ASSERT_NE(valid, nullptr);
  EXPECT_EQ(valid->chain.front().subject, "CN=localhost");
  EXPECT_EQ(cache.find_valid(again.get(), "localhost", now + 60min), nullptr);
  EXPECT_EQ(cache.find_valid(again.get(), "localhost", now - 1s), nullptr) << "the clock went back";
  EXPECT_EQ(cache.find_valid(again.get(), "other.test", now), nullptr);
  EXPECT_EQ(cache.find_valid(again.get(), "", now), nullptr);
  Verification elsewhere(same, leaf.get());
  EXPECT_EQ(cache.find_valid(elsewhere.get(), "localhost", now), nullptr);
  const Parsed other = parse(der_of(pki.issue()));
  Verification of_other(trust, other.get());
  EXPECT_EQ(cache.find_valid(of_other.get(), "localhost", now), nullptr);
}

// A store that is replaced, as every reload does, must not stay for what was valid against it.
TEST_F(CertificateCacheTest, AnotherTrustStoreEndsWhatIsKnownOfTheFormer) {
  const Parsed leaf = parse(der_of(pki.issue()));
  const TrustStore next = *TrustStore::load(pki.ca_file());
  for (const TrustStore* store : {&std::as_const(trust), &next}) {
    Verification verification(*store, leaf.get());
    ASSERT_EQ(X509_verify_cert(verification.get()), 1);
    cache.keep_valid(verification.get(), "localhost", {}, now);
    Verification again(*store, leaf.get());
    EXPECT_NE(cache.find_valid(again.get(), "localhost", now), nullptr);
  }
  Verification former(trust, leaf.get());
  EXPECT_EQ(cache.find_valid(former.get(), "localhost", now), nullptr);
}

TEST_F(CertificateCacheTest, AChainIsNotValidBeyondItsDates) {
  test::LeafOptions soon;
  soon.not_before = -10s;
  soon.not_after = 600s;
  const Parsed leaf = parse(der_of(pki.issue(soon)));
  Verification verification(trust, leaf.get());
  ASSERT_EQ(X509_verify_cert(verification.get()), 1);
  cache.keep_valid(verification.get(), "localhost", {}, now);
  Verification again(trust, leaf.get());
  EXPECT_NE(cache.find_valid(again.get(), "localhost", now + 590s), nullptr);
  EXPECT_EQ(cache.find_valid(again.get(), "localhost", now + 610s), nullptr);
}

}  // namespace
}  // namespace reachd::net
