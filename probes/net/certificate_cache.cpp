#include "probes/net/certificate_cache.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <openssl/x509_vfy.h>

#include "probes/net/certificate.hpp"
#include "probes/text.hpp"

namespace reachd::net {
namespace {

thread_local CertificateCache* used = nullptr;

constexpr std::size_t kLargest = std::size_t{8} * 1024;

std::string digest_of(const unsigned char* bytes, std::size_t size) {
  return sha256_hex({reinterpret_cast<const char*>(bytes), size});
}

// Makes room for one more: what stands first in a bucket that the dice choose.
template <typename Map>
void make_room(Map& map, std::minstd_rand& dice) {
  if (map.size() < CertificateCache::kMost) return;
  std::size_t bucket = dice() % map.bucket_count();
  while (map.begin(bucket) == map.end(bucket)) bucket = (bucket + 1) % map.bucket_count();
  const auto victim = map.begin(bucket)->first;
  map.erase(victim);
}

}  // namespace

CertificateCache::Use::Use(CertificateCache& cache) {
  used = &cache;
}

CertificateCache::Use::~Use() {
  used = nullptr;
}

CertificateCache* CertificateCache::in_use() {
  return used;
}

X509* CertificateCache::find(const unsigned char* der, std::size_t size) const {
  const auto found = certificates_.find(digest_of(der, size));
  if (found == certificates_.end()) return nullptr;
  X509_up_ref(found->second.get());
  return found->second.get();
}

void CertificateCache::keep(const unsigned char* der, std::size_t size, X509* certificate) {
  if (size > kLargest) return;
  make_room(certificates_, dice_);
  X509_up_ref(certificate);
  certificates_.insert_or_assign(digest_of(der, size), Certificate(certificate, &X509_free));
}

// Addresses stand for certificates: what was parsed once is the same object as long as it is held.
std::string CertificateCache::key_of(X509_STORE_CTX* store, const std::string& name) {
  std::string key;
  const auto add = [&key](const void* address) {
    key.append(reinterpret_cast<const char*>(&address), sizeof address);
  };
  add(X509_STORE_CTX_get0_cert(store));
  const STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) add(sk_X509_value(sent, i));
  add(nullptr);
  return key + name;
}

const CertificateCache::Valid* CertificateCache::find_valid(X509_STORE_CTX* store,
                                                            const std::string& name,
                                                            Time now) const {
  if (X509_STORE_CTX_get0_store(store) != trust_.get()) return nullptr;
  const auto found = valid_.find(key_of(store, name));
  if (found == valid_.end()) return nullptr;
  const Valid& valid = found->second.valid;
  const bool fresh = now >= valid.verified && now - valid.verified < kTrusted;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const bool dated = seconds >= valid.from && seconds < valid.until;
  return fresh && dated ? &valid : nullptr;
}

void CertificateCache::keep_valid(X509_STORE_CTX* store, const std::string& name, Chain chain,
                                  Time now) {
  X509_STORE* const trust = X509_STORE_CTX_get0_store(store);
  if (trust != trust_.get()) {
    valid_.clear();
    X509_STORE_up_ref(trust);
    trust_.reset(trust, &X509_STORE_free);
  }
  Held held;
  const STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    X509_up_ref(sk_X509_value(sent, i));
    held.certificates.emplace_back(sk_X509_value(sent, i), &X509_free);
  }
  held.valid = {std::move(chain), 0, std::numeric_limits<std::int64_t>::max(), now};
  const STACK_OF(X509)* const path = X509_STORE_CTX_get0_chain(store);
  for (int i = 0; i < sk_X509_num(path); ++i) {
    const X509* const one = sk_X509_value(path, i);
    held.valid.from = std::max(held.valid.from, seconds_of(X509_get0_notBefore(one)));
    held.valid.until = std::min(held.valid.until, seconds_of(X509_get0_notAfter(one)));
  }
  make_room(valid_, dice_);
  valid_.insert_or_assign(key_of(store, name), std::move(held));
}

}  // namespace reachd::net

// Parses as OpenSSL's own does: `*certificate`, if there is one, gives way to what was read, and
// `*bytes` moves behind it.
extern "C" X509* d2i_X509(X509** certificate, const unsigned char** bytes, long size) {
  using Parse = X509* (*)(X509**, const unsigned char**, long);
  static const auto parse = reinterpret_cast<Parse>(::dlsym(RTLD_NEXT, "d2i_X509"));
  auto* const cache = reachd::net::used;
  if (cache == nullptr || bytes == nullptr || *bytes == nullptr || size <= 0) {
    return parse(certificate, bytes, size);
  }
  const unsigned char* const from = *bytes;
  const auto length = static_cast<std::size_t>(size);
  if (X509* const known = cache->find(from, length); known != nullptr) {
    *bytes = from + size;
    if (certificate != nullptr) {
      X509_free(*certificate);
      *certificate = known;
    }
    return known;
  }
  X509* const parsed = parse(certificate, bytes, size);
  if (parsed != nullptr && *bytes == from + size) cache->keep(from, length, parsed);
  return parsed;
}
