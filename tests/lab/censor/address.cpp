#include "tests/lab/censor/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace censor {

Address address_of(View bytes) {
  Address address;
  address.family = bytes.size() == 4 ? 4 : 6;
  std::copy_n(bytes.begin(), std::min(bytes.size(), address.bytes.size()), address.bytes.begin());
  return address;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) {
    return address_of(View(bytes).first(4));
  }
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) {
    return address_of(bytes);
  }
  return std::nullopt;
}

bool Prefix::holds(const Address& other) const {
  if (other.family != address.family) {
    return false;
  }
  const std::size_t whole = bits / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  other.bytes.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || (address.bytes[whole] >> (8 - rest)) == (other.bytes[whole] >> (8 - rest));
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const auto all = static_cast<unsigned>(address->size() * 8);
  Prefix prefix{*address, all};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), prefix.bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix.bits > all) {
      return std::nullopt;
    }
  }
  return prefix;
}

std::uint64_t hash_bytes(View data, std::uint64_t hash) {
  for (const std::uint8_t byte : data) {
    hash = (hash ^ byte) * 1099511628211U;
  }
  return hash;
}

std::uint64_t hash_number(std::uint64_t number, std::uint64_t hash) {
  for (int shift = 0; shift < 64; shift += 8) {
    hash = (hash ^ ((number >> shift) & 0xff)) * 1099511628211U;
  }
  return hash;
}

std::uint64_t mix(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33);
}

}  // namespace censor
