#include "daemon/web/password.hpp"

#include <memory>
#include <string_view>

#include <crypt.h>
#include <openssl/crypto.h>

namespace reachd::web {

bool matches(const std::string& password, const std::string& hash) {
  const auto room = std::make_unique<crypt_data>();  // 32 KiB: not for a stack
  const char* const made = ::crypt_r(password.c_str(), hash.c_str(), room.get());
  const std::string_view text = made != nullptr ? made : "";
  const bool same =
      text.size() == hash.size() && CRYPTO_memcmp(text.data(), hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(room.get(), sizeof(crypt_data));
  return same;
}

}  // namespace reachd::web
