// What this program is built of: for --version, build_info and bug reports.
#pragma once

#include <string>

namespace reachd {

// "reachd 0.1.0", then a line each for compiler, libcurl, OpenSSL, Boost; as they are at run time
// where the library can tell.
std::string version_text();

}  // namespace reachd
