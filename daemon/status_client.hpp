// What `reachd status` does: asks a running daemon and shows its targets, trouble first. What
// answers may be anything: bounded in size and time, checked, escaped.
#pragma once

#include <ostream>
#include <string>

namespace reachd {

struct StatusOptions {
  std::string url = "http://127.0.0.1:10980";  // of the daemon, without a path
  std::string ca_file;                         // trusted for https; empty: the system's
  std::string user;                            // empty: none is sent
  std::string password_file;                   // its first line; empty: no password
  std::string certificate_file;                // PEM, of this client; empty: none
  std::string key_file;                        // PEM
  bool colour = false;
};

// The table goes to `out`, what went wrong to `err`. Returns the exit code: 0 all ok, 2 some not, 1
// no daemon there, or none that answers us. A password only ever goes over TLS, or stays on this
// machine.
int print_status(const StatusOptions& options, std::ostream& out, std::ostream& err);

}  // namespace reachd
