// Networks as operators write them, "10.0.0.0/8", and whether an address lies in one. Pure
// arithmetic: asks no system and no resolver.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/units.hpp"

namespace reachd {

struct Network {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the first four
  int bits = 0;                          // of the prefix
  bool ipv6 = false;
  bool operator==(const Network&) const = default;
};

// "10.0.0.0/8", "2001:db8::/32", or an address alone. Bits beyond the prefix are refused: the
// writer meant something else.
Parsed<Network> parse_network(std::string_view text);

// Whether all of `inner` lies in it.
bool contains(const Network& network, const Network& inner);

// False for an address of the other family or a text that is none. An IPv4-mapped IPv6 address
// counts as the IPv4 address within.
bool contains(const Network& network, std::string_view address);

}  // namespace reachd
