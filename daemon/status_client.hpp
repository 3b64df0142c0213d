// What `reachd status` does: asks a running daemon and shows its targets, trouble first. What
// answers may be anything: bounded in size and time, checked, escaped.
#pragma once

#include <ostream>
#include <string>

namespace reachd {

inline constexpr const char* kStatusUrl = "http://127.0.0.1:10980";  // where `reachd run` listens

// `url`: of the daemon, without a path ("http://127.0.0.1:10980"). The table goes to `out`, what
// went wrong to `err`. Returns the exit code: 0 all ok, 2 some not, 1 no daemon there.
int print_status(const std::string& url, bool colour, std::ostream& out, std::ostream& err);

}  // namespace reachd
