#include "config/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "config/endpoint.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

// An address alone as the smallest network.
std::optional<Network> single(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  Network network;
  network.bits = 32;
  if (inet_pton(AF_INET, terminated.data(), network.bytes.data()) == 1) return network;
  in6_addr v6{};
  if (inet_pton(AF_INET6, terminated.data(), &v6) != 1) return std::nullopt;
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
  network.ipv6 = !mapped;
  network.bits = mapped ? 32 : 128;
  std::copy(v6.s6_addr + (mapped ? 12 : 0), v6.s6_addr + 16, network.bytes.begin());
  return network;
}

bool bit(const Network& network, int index) {
  const auto byte = network.bytes.at(static_cast<std::size_t>(index / 8));
  return ((byte >> (7 - index % 8)) & 1) != 0;
}

}  // namespace

Parsed<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto network = single(text.substr(0, slash));
  if (!network) {
    return refused<Network>(in_quotes(text) +
                            " is not a network: write 10.0.0.0/8, 2001:db8::/32 "
                            "or one address");
  }
  if (slash == std::string_view::npos) return *network;
  const auto bits = parse_port(text.substr(slash + 1));  // a small number, digits only
  if (!bits || *bits > network->bits) {
    return refused<Network>(in_quotes(text) + " has a prefix that is no number up to " +
                            std::to_string(network->bits));
  }
  for (int i = *bits; i < network->bits; ++i) {
    if (bit(*network, i)) {
      return refused<Network>(in_quotes(text) +
                              " has bits beyond its prefix: the network's first "
                              "address is meant");
    }
  }
  network->bits = *bits;
  return *network;
}

bool contains(const Network& network, const Network& inner) {
  if (network.ipv6 != inner.ipv6 || network.bits > inner.bits) return false;
  for (int i = 0; i < network.bits; i += 8) {
    const auto index = static_cast<std::size_t>(i / 8);
    const int left = std::min(8, network.bits - i);
    if (((network.bytes.at(index) ^ inner.bytes.at(index)) >> (8 - left)) != 0) return false;
  }
  return true;
}

bool contains(const Network& network, std::string_view address) {
  const auto other = single(address.substr(0, address.find('%')));
  return other && contains(network, *other);
}

}  // namespace reachd
