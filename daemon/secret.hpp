// Tokens and keys from files: what they hold never appears in logs, errors or metrics.
#pragma once

#include <string>

#include <boost/system/result.hpp>

namespace reachd {

// Where a file of the operator's is to be read from: the file of that name in
// $CREDENTIALS_DIRECTORY (systemd's LoadCredential) if there is one, else the file itself.
std::string place_of(const std::string& file);

// The first line of a file, looked for by place_of(), without blanks around it: 8 to 4096 printable
// ASCII characters. The error is a sentence that names the file only.
boost::system::result<std::string, std::string> read_secret(const std::string& file);

}  // namespace reachd
