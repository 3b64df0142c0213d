#include "probes/judge/bogon.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "config/network.hpp"

namespace reachd {
namespace {

// IANA's special-purpose registries (RFC 6890 and its updates), as OONI's list has them, and whole
// Teredo and 6to4: no service answers under those.
constexpr std::array<std::string_view, 18> kSpecial{
    "0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",  "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",   "240.0.0.0/4",    "2001::/32",
    "2001:10::/28",    "2001:db8::/32",  "2002::/16"};
// All else that is not global unicast is a bogon too, but for what NAT64 makes of IPv4.
constexpr std::array<std::string_view, 2> kGlobal6{"2000::/3", "64:ff9b::/96"};

template <std::size_t N>
std::vector<Network> parsed(const std::array<std::string_view, N>& texts) {
  std::vector<Network> networks;
  for (const std::string_view text : texts) networks.push_back(*parse_network(text));
  return networks;
}

bool in_any(const Network& address, const std::vector<Network>& networks) {
  return std::ranges::any_of(networks,
                             [&](const Network& network) { return contains(network, address); });
}

}  // namespace

bool is_bogon(std::string_view address) {
  static const auto special = parsed(kSpecial);
  static const auto global6 = parsed(kGlobal6);
  if (address.find('/') != std::string_view::npos) return false;
  const auto parsed_address = parse_network(address.substr(0, address.find('%')));
  if (!parsed_address) return false;
  return in_any(*parsed_address, special) ||
         (parsed_address->ipv6 && !in_any(*parsed_address, global6));
}

}  // namespace reachd
