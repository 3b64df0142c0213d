// What comes in `Authorization: Basic …`, and the file that says who may look. Holds what must hold
// of any input: credentials are written in exactly one way and hold nothing at which a reader of C
// strings would stop; faults are printable lines and never show a password's hash.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <openssl/evp.h>

#include "config/web_access.hpp"
#include "daemon/web/authorization.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::fuzz::require;

bool printable(const std::string& line) {
  for (const char c : line) {
    if ((c >= '\0' && c < ' ') || c == '\x7f') return false;
  }
  return true;
}

std::string base64(const std::string& text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

void read_header(const std::string& value) {
  const auto credentials = reachd::web::parse_basic(value);
  if (!credentials) return;
  require(credentials->user.find(':') == std::string::npos);
  require(printable(credentials->user) && printable(credentials->password));
  require(value.ends_with(" " + base64(credentials->user + ":" + credentials->password)));
}

void read_file(const std::string& text) {
  for (const bool exposed : {false, true}) {
    const auto loaded = reachd::parse_web_access(text, "web.yml", exposed);
    if (const auto* faults = std::get_if<std::vector<reachd::Fault>>(&loaded)) {
      require(!faults->empty() && faults->size() <= 1001);
      for (const auto& fault : *faults) require(printable(to_string(fault)));
      continue;
    }
    const auto& access = std::get<reachd::WebAccess>(loaded);
    for (const auto& user : access.users) {
      require(reachd::bcrypt_cost(user.hash).value_or(99) <= reachd::kHighestCost);
      require(printable(user.name) && user.name.find(':') == std::string::npos);
    }
    for (const auto& [name, value] : access.headers) require(printable(value));
    require(!exposed || (access.tls && (!access.users.empty() ||
                                        access.tls->client_auth == reachd::ClientAuth::verify)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read_header(text);
  read_header("Basic " + text);
  read_header("Basic " + base64(text));
  read_file(text);
  return 0;
}
