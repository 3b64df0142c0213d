// The data of one DNS record as text. Never trusts a length within: all of it stays inside the
// record's own bytes, but for the names that compression takes from earlier in the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace reachd::wire {

namespace dns_type {
inline constexpr std::uint16_t A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16,
                               AAAA = 28, OPT = 41, SVCB = 64, HTTPS = 65;
}

// Presentation of the data of `size` bytes at `at` of the message, which holds them. Addresses in
// canonical text; names as in dns_name.hpp; HTTPS and SVCB as RFC 9460 writes them, but `ech`
// without its value; types we do not use as RFC 3597 does (\# 4 0a0b0c0d), cut after 64 bytes.
// nullopt if the data is malformed for its type.
std::optional<std::string> read_dns_data(std::span<const std::uint8_t> message, std::size_t at,
                                         std::size_t size, std::uint16_t type);

// As RFC 3597 writes data of a type without presentation.
std::string opaque_dns_data(std::span<const std::uint8_t> data);

}  // namespace reachd::wire
