#include "probes/judge/bogon.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <arpa/inet.h>

namespace reachd {
namespace {

struct Block {
  std::string_view prefix;
  unsigned length;
};

// IANA's special-purpose registries (RFC 6890 and its updates), as OONI's list has them, and whole
// Teredo and 6to4: no service answers under those.
constexpr std::array kIpv4{
    Block{"0.0.0.0", 8},     Block{"10.0.0.0", 8},      Block{"100.64.0.0", 10},
    Block{"127.0.0.0", 8},   Block{"169.254.0.0", 16},  Block{"172.16.0.0", 12},
    Block{"192.0.0.0", 24},  Block{"192.0.2.0", 24},    Block{"192.168.0.0", 16},
    Block{"198.18.0.0", 15}, Block{"198.51.100.0", 24}, Block{"203.0.113.0", 24},
    Block{"224.0.0.0", 4},   Block{"240.0.0.0", 4}};
constexpr std::array kIpv6{Block{"2001::", 32}, Block{"2001:10::", 28}, Block{"2001:db8::", 32},
                           Block{"2002::", 16}};
// All else that is not global unicast is a bogon too, but for what NAT64 makes of IPv4.
constexpr std::array kGlobal6{Block{"2000::", 3}, Block{"64:ff9b::", 96}};

using Bytes = std::array<std::uint8_t, 16>;

std::optional<Bytes> bytes_of(std::string_view address, int family) {
  Bytes bytes{};
  const std::string text(address.substr(0, address.find('%')));
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

bool within(const Bytes& address, const Bytes& prefix, unsigned length) {
  for (unsigned bit = 0; bit < length; bit += 8) {
    const unsigned left = std::min(8U, length - bit);
    const auto mask = static_cast<std::uint8_t>(0xffU << (8U - left));
    if ((address.at(bit / 8) & mask) != (prefix.at(bit / 8) & mask)) return false;
  }
  return true;
}

struct Network {
  Bytes prefix;
  unsigned length;
};

template <std::size_t N>
std::array<Network, N> parsed(const std::array<Block, N>& blocks, int family) {
  std::array<Network, N> networks{};
  for (std::size_t i = 0; i < N; ++i) {
    networks.at(i) = {bytes_of(blocks.at(i).prefix, family).value_or(Bytes{}), blocks.at(i).length};
  }
  return networks;
}

bool in_any(const Bytes& address, std::span<const Network> networks) {
  return std::ranges::any_of(networks, [&](const Network& network) {
    return within(address, network.prefix, network.length);
  });
}

}  // namespace

bool is_bogon(std::string_view address) {
  static const auto kNetworks4 = parsed(kIpv4, AF_INET);
  static const auto kNetworks6 = parsed(kIpv6, AF_INET6);
  if (const auto bytes = bytes_of(address, AF_INET)) return in_any(*bytes, kNetworks4);
  static const auto kGlobals6 = parsed(kGlobal6, AF_INET6);
  const auto bytes = bytes_of(address, AF_INET6);
  return bytes && (in_any(*bytes, kNetworks6) || !in_any(*bytes, kGlobals6));
}

bool is_loopback(std::string_view address) {
  if (const auto bytes = bytes_of(address, AF_INET)) return bytes->front() == 127;
  return address == "::1";
}

}  // namespace reachd
