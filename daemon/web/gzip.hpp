// Bytes compressed the way browsers take them. Pure; takes milliseconds for a long page, so the
// loop leaves that to the web server's thread.
#pragma once

#include <string>
#include <string_view>

namespace reachd::web {

// `level` from 1 (fast) to 9 (small). Throws std::bad_alloc only.
std::string gzipped(std::string_view bytes, int level);

// Whether the value of an Accept-Encoding header takes gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace reachd::web
