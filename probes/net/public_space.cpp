#include "probes/net/public_space.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "config/endpoint.hpp"
#include "config/network.hpp"

namespace reachd::net {
namespace {

// https://www.iana.org/assignments/iana-ipv4-special-registry and …-ipv6-special-registry.
constexpr std::array<std::string_view, 18> kSpecialV4{
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16",
    "172.16.0.0/12",  "192.0.0.0/24",   "192.0.2.0/24",    "192.31.196.0/24", "192.52.193.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",   "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
constexpr std::string_view kGlobalV6 = "2000::/3";  // the only block that IANA gives out
constexpr std::array<std::string_view, 5> kSpecialV6{"2001::/23", "2001:db8::/32", "2002::/16",
                                                     "3fff::/20", "2620:4f:8000::/48"};

template <std::size_t N>
std::vector<Network> networks(const std::array<std::string_view, N>& texts) {
  std::vector<Network> list;
  for (const std::string_view text : texts) list.push_back(*parse_network(text));
  return list;
}

bool in_any(const std::vector<Network>& list, std::string_view address) {
  return std::ranges::any_of(list,
                             [&](const Network& network) { return contains(network, address); });
}

}  // namespace

bool is_public(std::string_view address) {
  static const auto special_v4 = networks(kSpecialV4);
  static const auto special_v6 = networks(kSpecialV6);
  static const Network global_v6 = *parse_network(kGlobalV6);
  if (!canonical_address(address)) return false;
  if (!is_ipv6(address)) return !in_any(special_v4, address);
  return contains(global_v6, address) && !in_any(special_v6, address);
}

}  // namespace reachd::net
