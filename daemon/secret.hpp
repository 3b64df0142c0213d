// Tokens from files: what they hold never appears in logs, errors or metrics.
#pragma once

#include <string>

#include <boost/system/result.hpp>

namespace reachd {

// The first line of a file, without blanks around it: 8 to 4096 printable ASCII characters. A file
// of that name in $CREDENTIALS_DIRECTORY (systemd's LoadCredential) goes before. The error is a
// sentence that names the file only.
boost::system::result<std::string, std::string> read_secret(const std::string& file);

}  // namespace reachd
