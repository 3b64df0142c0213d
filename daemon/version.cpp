#include "daemon/version.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <boost/version.hpp>

namespace reachd {

std::vector<std::pair<std::string, std::string>> built_of() {
  return {{"compiler", __VERSION__},
          {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                                BOOST_VERSION % 100)}};
}

std::string version_text() {
  std::string text = fmt::format("reachd {}\n", REACHD_VERSION);
  for (const auto& [name, version] : built_of()) text += fmt::format("{} {}\n", name, version);
  return text;
}

}  // namespace reachd
