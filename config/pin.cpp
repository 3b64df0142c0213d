#include "config/pin.hpp"

#include <cstdint>

#include "config/wording.hpp"

namespace reachd {

Parsed<std::string> parse_pin(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kPrefix = "sha256//";
  constexpr std::size_t kLength = 44;  // of 32 bytes in base64
  const auto bad = [&] {
    return refused<std::string>(in_quotes(text) +
                                " is not the pin of a key: sha256// and the 44 characters of its "
                                "digest in base64, as of curl's --pinnedpubkey");
  };
  std::string_view digits = text;
  if (digits.starts_with(kPrefix)) digits.remove_prefix(kPrefix.size());
  if (digits.size() != kLength || !digits.ends_with('=')) return bad();
  digits.remove_suffix(1);
  std::string hex;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char digit : digits) {
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return bad();
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    for (held += 6; held >= 4; held -= 4) hex += kHex[(bits >> (held - 4)) & 0xFU];
  }
  const bool exact = (bits & 0x3U) == 0 && hex.size() == 64;  // the last two bits are padding
  if (!exact) return bad();
  return Parsed<std::string>(boost::system::in_place_value, std::move(hex));
}

}  // namespace reachd
