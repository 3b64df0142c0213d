#include "daemon/version.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <boost/version.hpp>

namespace reachd {

std::string version_text() {
  return fmt::format("reachd {}\ncompiler {}\nlibcurl {}\n{}\nBoost {}.{}.{}\n", REACHD_VERSION,
                     __VERSION__, curl_version_info(CURLVERSION_NOW)->version,
                     OpenSSL_version(OPENSSL_VERSION), BOOST_VERSION / 100000,
                     BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
}

}  // namespace reachd
