#include "tests/support/hex.hpp"

#include <stdexcept>

namespace reachd::test {

std::vector<std::uint8_t> from_hex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  int high = -1;
  for (char c : text) {
    if (c == ' ' || c == '\n') continue;
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument("not hexadecimal");
    if (high < 0) {
      high = static_cast<int>(digit);
      continue;
    }
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + static_cast<int>(digit)));
    high = -1;
  }
  if (high >= 0) throw std::invalid_argument("half a byte");
  return bytes;
}

}  // namespace reachd::test
