#include "daemon/web/authorization.hpp"

#include <algorithm>
#include <cstdint>

#include "config/ascii.hpp"
#include "config/wording.hpp"

namespace reachd::web {
namespace {

constexpr std::string_view kScheme = "basic ";

// Padded, in whole groups, the unused bits zero: one text for one value.
std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char digit : text) {
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(static_cast<unsigned char>((bits >> held) & 0xFFU));
  }
  if ((bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<Credentials> parse_basic(std::string_view value) {
  if (ascii::lower(value.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  value.remove_prefix(kScheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  const auto text = decode_base64(value);
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  const bool control =
      std::ranges::any_of(*text, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
  if (colon == std::string::npos || control) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace reachd::web
