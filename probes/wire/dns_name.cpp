#include "probes/wire/dns_name.hpp"

#include <algorithm>

#include "config/ascii.hpp"

namespace reachd::wire {
namespace {

constexpr std::size_t kMaxName = 255;  // RFC 1035, 2.3.4: with the length bytes and the root
constexpr std::size_t kMaxLabel = 63;
constexpr int kMaxJumps = 32;
constexpr std::size_t kUsual = 48;  // most names are no longer

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The byte that begins at `at` of a name in text, a \DDD taken as one; moves `at` behind it.
std::optional<std::uint8_t> read_character(std::string_view text, std::size_t& at) {
  if (text[at] != '\\') return static_cast<std::uint8_t>(text[at++]);
  if (text.size() - at < 4) return std::nullopt;
  int value = 0;
  for (std::size_t i = at + 1; i < at + 4; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  if (value > 255) return std::nullopt;
  at += 4;
  return static_cast<std::uint8_t>(value);
}

bool write_labels(std::string_view text, std::vector<std::uint8_t>& out) {
  const std::size_t begin = out.size();
  std::size_t label = out.size();
  out.push_back(0);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (out[label] == 0) return false;
      label = out.size();
      out.push_back(0);
      ++at;
      continue;
    }
    const auto byte = read_character(text, at);
    if (!byte || out[label] == kMaxLabel) return false;
    out.push_back(*byte);
    ++out[label];
  }
  if (out[label] == 0) return false;
  out.push_back(0);
  return out.size() - begin <= kMaxName;
}

void append_escaped(std::string& text, std::span<const std::uint8_t> bytes, char also) {
  const auto is_plain = [also](std::uint8_t byte) {
    const char c = static_cast<char>(byte);
    return byte > ' ' && byte < 0x7f && c != '\\' && c != '"' && c != '\'' && c != also;
  };
  if (std::ranges::all_of(bytes, is_plain)) {  // nearly always, and much is read
    text.append(bytes.begin(), bytes.end());
    return;
  }
  for (std::uint8_t byte : bytes) {
    if (is_plain(byte)) {
      text += static_cast<char>(byte);
      continue;
    }
    text += '\\';
    text += static_cast<char>('0' + byte / 100);
    text += static_cast<char>('0' + byte / 10 % 10);
    text += static_cast<char>('0' + byte % 10);
  }
}

std::string_view without_final_dot(std::string_view text) {
  if (text.size() > 1 && text.ends_with('.')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string escape_dns_text(std::span<const std::uint8_t> bytes, char also) {
  std::string text;
  append_escaped(text, bytes, also);
  return text;
}

std::optional<std::string> read_dns_name(std::span<const std::uint8_t> message, std::size_t& at) {
  std::string text;
  std::size_t wire = 1;  // the root's byte
  std::size_t here = at;
  std::size_t part = at;  // where the labels since the last jump begin: pointers go before it
  std::size_t behind = 0;
  for (int jumps = 0; here < message.size();) {
    const std::size_t length = message[here];
    if ((length & 0xc0) == 0xc0) {
      if (here + 1 >= message.size() || ++jumps > kMaxJumps) return std::nullopt;
      const std::size_t target = (length & 0x3f) << 8 | message[here + 1];
      if (target >= part) return std::nullopt;
      if (behind == 0) behind = here + 2;
      here = part = target;
      continue;
    }
    if (length > kMaxLabel) return std::nullopt;
    if (length == 0) {
      at = behind == 0 ? here + 1 : behind;
      return text.empty() ? "." : text;
    }
    wire += length + 1;
    if (wire > kMaxName || here + 1 + length > message.size()) return std::nullopt;
    if (text.empty()) {
      text.reserve(kUsual);
    } else {
      text += '.';
    }
    append_escaped(text, message.subspan(here + 1, length), '.');
    here += 1 + length;
  }
  return std::nullopt;
}

bool write_dns_name(std::string_view text, std::vector<std::uint8_t>& out) {
  if (text == ".") {
    out.push_back(0);
    return true;
  }
  const std::size_t begin = out.size();
  const bool written = write_labels(without_final_dot(text), out);
  if (!written) out.resize(begin);
  return written;
}

bool same_dns_name(std::string_view a, std::string_view b) {
  return ascii::iequals(without_final_dot(a), without_final_dot(b));
}

}  // namespace reachd::wire
