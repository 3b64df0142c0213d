// Which addresses belong to the public Internet, and which to nobody or to one's own network: what
// a name of a public service cannot honestly resolve to, and what a helper must never be talked
// into reaching.
#pragma once

#include <string_view>

namespace reachd::net {

// True of global unicast addresses only. False for everything in IANA's special-purpose registries
// (RFC 6890 and its updates: private, loopback, link-local, shared, documentation, benchmarking,
// multicast, reserved), for IPv6 that embeds IPv4 (mapped, compatible, NAT64, 6to4, Teredo), and
// for what is no address.
bool is_public(std::string_view address);

}  // namespace reachd::net
