// Public keys as people pin them, in the words of curl's --pinnedpubkey and of RFC 7469.
#pragma once

#include <string>
#include <string_view>

#include "config/units.hpp"

namespace reachd {

// "sha256//BASE64" or the BASE64 alone: the SHA-256 of a SubjectPublicKeyInfo, as 64 lower-case hex
// digits.
Parsed<std::string> parse_pin(std::string_view text);

}  // namespace reachd
