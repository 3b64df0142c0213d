#include "probes/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace reachd {
namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr auto kHidden = std::to_array<Range>({
    {0x0000, 0x001f},   {0x007f, 0x009f},     // C0, DEL, C1
    {0x00ad, 0x00ad},   {0x034f, 0x034f},     // soft hyphen, grapheme joiner
    {0x061c, 0x061c},   {0x115f, 0x1160},     // Arabic letter mark, Hangul fillers
    {0x17b4, 0x17b5},   {0x180b, 0x180f},     // Khmer and Mongolian signs without a shape
    {0x200b, 0x200f},   {0x2028, 0x202e},     // no width, direction marks, separators, embeddings
    {0x2060, 0x206f},   {0x3164, 0x3164},     // joiners, isolates; Hangul filler
    {0xd800, 0xf8ff},                         // surrogates, private use
    {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},     // no characters; variation selectors
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},     // byte order mark; half-width Hangul filler
    {0xfff0, 0xfffb},   {0xfffe, 0xffff},     // annotations; no characters
    {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},  // musical format; tags, private planes
});
constexpr auto kWide = std::to_array<Range>({
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0xa4cf},
    {0xa960, 0xa97f},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff01, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
});
constexpr auto kCombining = std::to_array<Range>({
    {0x0300, 0x036f},
    {0x0483, 0x0489},
    {0x0591, 0x05bd},
    {0x0610, 0x061a},
    {0x064b, 0x065f},
    {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff},
    {0x302a, 0x302d},
    {0x3099, 0x309a},
    {0xfe20, 0xfe2f},
});

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t character) {
  const auto after = std::ranges::upper_bound(ranges, character, {}, &Range::first);
  return after != ranges.begin() && character <= std::prev(after)->second;
}

std::size_t columns_of(const Character& character) {
  if (!character.value || within(kCombining, *character.value)) return character.value ? 0 : 1;
  return within(kWide, *character.value) ? 2 : 1;
}

}  // namespace

Character first_character(std::string_view bytes) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(bytes[i]);
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < size) return {};
  std::uint32_t value = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  const std::uint32_t least = size == 4 ? 0x10000 : size == 3 ? 0x800 : 0x80;
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least || value > 0x10ffff || surrogate) return {};
  return {value, size};
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Character character = first_character(bytes);
    if (!character.value) return false;
    bytes.remove_prefix(character.size);
  }
  return true;
}

bool shows(char32_t character) {
  return !within(kHidden, character) && (character & 0xfffeU) != 0xfffeU;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    count += columns_of(character);
    text.remove_prefix(character.size);
  }
  return count;
}

std::string fit(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size();) {
    const Character character = first_character(text.substr(end));
    used += columns_of(character);
    if (used > width - 1) break;
    end += character.size;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t size = columns(word);
    if (!lines.back().empty() && used + 1 + size > width) {
      lines.emplace_back();
      used = 0;
    }
    if (!lines.back().empty()) lines.back() += ' ';
    used += size + (lines.back().empty() ? 0 : 1);
    lines.back() += fit(word, width);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return lines;
}

std::string sha256_hex(std::string_view bytes) {
  // Looked up once: by its name OpenSSL searches its providers each time. Never freed, as they are
  // not.
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256, nullptr) != 1) {
    throw std::runtime_error("no SHA-256");
  }
  std::string hex(2 * digest.size(), '\0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = "0123456789abcdef"[digest.at(i) >> 4U];
    hex[2 * i + 1] = "0123456789abcdef"[digest.at(i) & 15U];
  }
  return hex;
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a NUL behind it
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  if (text.substr(0, text.size() - padding).find('=') != std::string_view::npos)
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

}  // namespace reachd
