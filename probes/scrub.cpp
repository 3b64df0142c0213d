#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <arpa/inet.h>

#include "probes/measurement_json.hpp"

namespace reachd {
namespace {

// Any address as IPv6 writes it, IPv4 mapped, so that every spelling of one compares equal.
using Bytes = std::array<unsigned char, 16>;

std::optional<Bytes> parse_address(const std::string& text) {
  Bytes bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

// Punctuation that may lean on an address without belonging to it: "from 192.0.2.1.",
// "ip:2001:db8::1".
std::string_view trimmed(std::string_view run) {
  const auto leans = [](std::string_view two, char one) {
    return one == '.' || (one == ':' && two != "::");
  };
  while (!run.empty() && leans(run.substr(0, 2), run.front())) run.remove_prefix(1);
  while (!run.empty() &&
         leans(run.substr(run.size() - std::min<std::size_t>(run.size(), 2)), run.back())) {
    run.remove_suffix(1);
  }
  return run;
}

// Replaces each longest run of `alphabet` that spells one of `own`.
std::string replace_runs(std::string_view text, std::string_view alphabet,
                         const std::vector<Bytes>& own) {
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find_first_of(alphabet), text.size());
    const std::size_t end = std::min(text.find_first_not_of(alphabet, begin), text.size());
    const std::string_view run = text.substr(begin, end - begin);
    const std::string_view core = trimmed(run);
    const auto address =
        core.size() < INET6_ADDRSTRLEN ? parse_address(std::string(core)) : std::nullopt;
    out += text.substr(0, begin);
    if (address && std::ranges::find(own, *address) != own.end()) {
      const auto before = static_cast<std::size_t>(core.data() - run.data());
      out += run.substr(0, before);
      out += "[scrubbed]";
      out += run.substr(before + core.size());
    } else {
      out += run;
    }
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string scrub(std::string text, const std::vector<std::string>& own) {
  std::vector<Bytes> addresses;
  for (const std::string& address : own) {
    if (const auto bytes = parse_address(address)) addresses.push_back(*bytes);
  }
  if (addresses.empty()) return text;
  text = replace_runs(text, "0123456789abcdefABCDEF:.", addresses);
  return replace_runs(text, "0123456789.", addresses);
}

}  // namespace reachd
