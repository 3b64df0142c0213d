#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "probes/wire/mail_reply.hpp"

namespace reachd::wire {
namespace {

constexpr std::size_t kQuotedBytes = 200;
constexpr std::string_view kScrubbed = "[scrubbed]";

bool is_of_address(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == ':';
}

bool parses(int family, const std::string& text) {
  std::array<std::uint8_t, 16> ignored;
  return ::inet_pton(family, text.c_str(), ignored.data()) == 1;
}

// An address, or "192.0.2.1:25", "IPv6:2001:db8::1", "192.0.2.1." as they stand in sentences.
bool is_address(std::string_view token) {
  while (token.ends_with('.')) token.remove_suffix(1);
  if (token.starts_with("IPv6:") || token.starts_with("ipv6:")) token.remove_prefix(5);
  if (parses(AF_INET6, std::string(token))) return token.size() > 2;  // "::" is punctuation
  if (token.ends_with(':')) token.remove_suffix(1);
  if (parses(AF_INET6, std::string(token))) return true;
  return parses(AF_INET, std::string(token.substr(0, token.find(':'))));
}

std::string escaped(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c >= ' ' && c <= '~') return {c};
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
}

}  // namespace

std::string quoted_line(std::string_view line) {
  std::string quoted;
  // False once there is no room: what follows is left away.
  const auto append = [&quoted](std::string_view part) {
    const bool fits = quoted.size() + part.size() <= kQuotedBytes;
    if (fits) quoted += part;
    return fits;
  };
  while (!line.empty()) {
    const auto end = std::ranges::find_if_not(line, is_of_address);
    const std::string_view token = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    if (token.empty()) {
      if (!append(escaped(line.front()))) break;
      line.remove_prefix(1);
    } else {
      if (!append(is_address(token) ? kScrubbed : token.substr(0, kQuotedBytes - quoted.size())))
        break;
      line.remove_prefix(token.size());
    }
  }
  return quoted;
}

}  // namespace reachd::wire
