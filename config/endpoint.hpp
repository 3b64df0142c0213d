// Addresses as operators write them: "8.8.8.8", "8.8.8.8:53", "[2001:db8::1]:53".
// Never a name: nothing here is ever looked up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/units.hpp"

namespace reachd {

struct AddressAndPort {
  std::string address;  // IPv4 or IPv6 in its canonical text, without brackets
  std::optional<std::uint16_t> port;
  bool operator==(const AddressAndPort&) const = default;
};

// An IPv6 address needs its brackets only if a port follows.
Parsed<AddressAndPort> parse_endpoint(std::string_view text);

// The canonical text of an IPv4 or IPv6 address ("2001:DB8:0::1" gives "2001:db8::1"), or nothing.
std::optional<std::string> canonical_address(std::string_view text);
bool is_ipv6(std::string_view canonical);
bool is_loopback(std::string_view canonical);

// A decimal number from 0 to 65535, digits only.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace reachd
