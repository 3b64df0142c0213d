// Bytes as tests write them: "12 34 ab", blanks and line ends anywhere.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace reachd::test {

// Throws std::invalid_argument on anything but pairs of digits.
std::vector<std::uint8_t> from_hex(std::string_view text);

}  // namespace reachd::test
