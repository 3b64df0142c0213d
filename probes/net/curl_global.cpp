#include "probes/net/curl_global.hpp"

#include <clocale>
#include <csignal>

#include <curl/curl.h>

namespace reachd::net {

void prepare_curl() {
  static const bool done = [] {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    std::signal(SIGPIPE, SIG_IGN);
    std::setlocale(LC_CTYPE, "C.UTF-8");
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace reachd::net
