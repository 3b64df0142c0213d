// What this program is built of: for --version, build_info and bug reports.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace reachd {

// Name and version of the compiler and of the libraries, as they are at run time where the library
// can tell.
std::vector<std::pair<std::string, std::string>> built_of();

// "reachd 0.1.0", then a line for each of what it is built of.
std::string version_text();

}  // namespace reachd
