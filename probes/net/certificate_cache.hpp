// Certificates that peers have shown before. OpenSSL 3.0 takes 120 µs to parse one and as long to
// verify a chain, every time anew, though most peers show the same for months. Two things are
// remembered: the parsed certificate of these very bytes, and that a chain of these very
// certificates was found valid against a trust store. Only what is good is remembered, and no
// longer than an hour; that a peer owns its key is proved in every handshake all the same.
//
// libssl parses by calling d2i_X509, and the program's own function of that name comes first: ours,
// which looks here while a cache is in use on the thread, and is OpenSSL's everywhere else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <openssl/x509.h>

#include "probes/observation.hpp"

namespace reachd::net {

class CertificateCache {
 public:
  using Time = std::chrono::system_clock::time_point;

  // When it is full, another one goes for each that comes, whichever: of targets that take turns
  // the oldest would always be the next that is wanted.
  static constexpr std::size_t kMost = 16'384;  // certificates, about 5 kB each; and chains
  static constexpr std::chrono::hours kTrusted{1};

  CertificateCache() = default;
  CertificateCache(const CertificateCache&) = delete;
  CertificateCache& operator=(const CertificateCache&) = delete;

  // While it lives, whoever parses certificates on this thread uses the cache.
  class Use {
   public:
    explicit Use(CertificateCache& cache);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
  };
  static CertificateCache* in_use();  // on this thread; null: none

  // The certificate of these bytes, with a reference for the caller; null if it is not known.
  X509* find(const unsigned char* der, std::size_t size) const;
  // What was parsed of these bytes, all of them. One of more than 8 KiB is not kept.
  void keep(const unsigned char* der, std::size_t size, X509* certificate);

  // A chain that was found valid.
  struct Valid {
    Chain chain;  // as it is shown in a measurement
    // The dates of all certificates from the leaf to the trusted one allow what lies between, in
    // seconds since the epoch, which reach further than a time point.
    std::int64_t from = 0;
    std::int64_t until = 0;
    Time verified;  // when
  };
  // Of a verification that is to begin, for a peer of that name; null if it must be done.
  const Valid* find_valid(X509_STORE_CTX* store, const std::string& name, Time now) const;
  // Of a verification that has just succeeded. What is valid against another trust store is
  // forgotten: one is in force at a time.
  void keep_valid(X509_STORE_CTX* store, const std::string& name, Chain chain, Time now);

 private:
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  // The certificates that the peer sent, leaf first, are held: an address that is compared must not
  // become another's.
  struct Held {
    std::vector<Certificate> certificates;
    Valid valid;
  };

  static std::string key_of(X509_STORE_CTX* store, const std::string& name);

  std::unordered_map<std::string, Certificate> certificates_;  // by SHA-256
  std::shared_ptr<X509_STORE> trust_;  // what the chains are valid against; another one ends all
  std::unordered_map<std::string, Held> valid_;  // by addresses and name
  std::minstd_rand dice_;
};

}  // namespace reachd::net
