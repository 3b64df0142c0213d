#include "probes/net/public_space.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "config/endpoint.hpp"
#include "config/network.hpp"
#include "probes/judge/bogon.hpp"

namespace reachd::net {
namespace {

// Ways around: what names an IPv4 address in other words, and what somebody's router may take for
// its own (AS112, 6to4 relays, ORCHID, IANA's IPv6 documentation of 2024).
constexpr std::array<std::string_view, 8> kDoubtful{
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",    "192.175.48.0/24",
    "64:ff9b::/96",    "2001::/23",       "2620:4f:8000::/48", "3fff::/20"};

}  // namespace

bool is_public(std::string_view address) {
  static const auto doubtful = [] {
    std::vector<Network> networks;
    for (const std::string_view text : kDoubtful) networks.push_back(*parse_network(text));
    return networks;
  }();
  if (!canonical_address(address) || is_bogon(address)) return false;
  if (is_ipv6(address) && !contains(*parse_network("2000::/3"), address)) return false;  // mapped
  return std::ranges::none_of(doubtful,
                              [&](const Network& network) { return contains(network, address); });
}

}  // namespace reachd::net
