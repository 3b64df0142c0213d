// The header `Authorization: Basic …` of RFC 7617, as anybody may send it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reachd::web {

struct Credentials {
  std::string user;  // may be empty
  std::string password;
};

// Nothing if the value is of another scheme, not base64 to the letter, without a ':', or holds a
// control character, a NUL among them: what checks passwords would stop reading there.
std::optional<Credentials> parse_basic(std::string_view value);

}  // namespace reachd::web
