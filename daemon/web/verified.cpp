#include "daemon/web/verified.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace reachd::web {

Verified::Verified() : key_{} {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) {
    throw std::runtime_error("there are no random bytes to be had");
  }
}

Digest Verified::digest(const Credentials& credentials) const {
  std::string text = credentials.user;
  text += '\0';  // neither has one: parse_basic() refuses them
  text += credentials.password;
  Digest digest{};
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes, text.size(),
           digest.data(), nullptr) == nullptr) {
    throw std::runtime_error("HMAC failed");
  }
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

bool Verified::is_right(const std::string& user, const Digest& digest) const {
  const auto found = right_.find(user);
  return found != right_.end() &&
         CRYPTO_memcmp(found->second.data(), digest.data(), digest.size()) == 0;
}

bool Verified::is_wrong(const Digest& digest) const {
  return std::ranges::find(wrong_, digest) != wrong_.end();
}

void Verified::add_right(const std::string& user, const Digest& digest) {
  right_.insert_or_assign(user, digest);
}

void Verified::add_wrong(const Digest& digest) {
  if (wrong_.size() == kMostWrong) wrong_.pop_front();
  wrong_.push_back(digest);
}

}  // namespace reachd::web
