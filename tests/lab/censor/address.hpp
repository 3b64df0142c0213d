// IPv4 and IPv6 addresses, prefixes of them, and an address with a port.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/censor/bytes.hpp"

namespace censor {

struct Address {
  std::uint8_t family = 4;               // 4 or 6
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 in the first four, zeros behind

  std::size_t size() const { return family == 4 ? 4 : 16; }
  View view() const { return View(bytes).first(size()); }
  auto operator<=>(const Address&) const = default;
};

// The four or sixteen bytes at hand; any other size is a bug of the caller.
Address address_of(View bytes);
std::optional<Address> parse_address(std::string_view text);

struct Prefix {
  Address address;
  unsigned bits = 0;
  bool holds(const Address& other) const;
};

// "81.2.5.0/24", or an address alone, which is a prefix of all its bits.
std::optional<Prefix> parse_prefix(std::string_view text);

struct Endpoint {
  Address address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// FNV-1a, continued from `hash`: for tables and for draws that must repeat, never for secrets.
inline constexpr std::uint64_t kHashStart = 14695981039346656037U;
std::uint64_t hash_bytes(View data, std::uint64_t hash = kHashStart);
std::uint64_t hash_number(std::uint64_t number, std::uint64_t hash = kHashStart);
// Spreads the last bytes' influence over all bits.
std::uint64_t mix(std::uint64_t hash);

}  // namespace censor
