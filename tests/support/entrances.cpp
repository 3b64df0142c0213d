#include "tests/support/entrances.hpp"

#include <array>
#include <stdexcept>

#include <crypt.h>
#include <openssl/evp.h>

namespace reachd::test {

std::string hash_of(const std::string& password, int cost) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), nullptr, 0, setting.data(),
                   static_cast<int>(setting.size()));
  const auto room = std::make_unique<crypt_data>();
  return crypt_r(password.c_str(), setting.data(), room.get());
}

WebTls tls_of(const Leaf& leaf) {
  WebTls tls;
  tls.certificate.path = leaf.certificate_file;
  tls.key.path = leaf.key_file;
  return tls;
}

web::Entrance entrance_of(const WebAccess& access) {
  auto made = web::make_entrance(access, "web.yml");
  if (!made) throw std::runtime_error(to_string(made.error()));
  return std::move(*made);
}

std::string basic(const std::string& user, const std::string& password) {
  const std::string text = user + ":" + password;
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return "Authorization: Basic " + encoded + "\r\n";
}

}  // namespace reachd::test
