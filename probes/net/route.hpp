// Whether this host has a way to an address at all: asked of the kernel, without sending anything.
#pragma once

#include <string>
#include <vector>

namespace reachd::net {

// False if the address does not parse or the kernel knows no route to it.
bool has_route(const std::string& address);

// The addresses of this host's interfaces, loopback and link-local ones aside: what a measurement
// must not give away.
std::vector<std::string> own_addresses();

}  // namespace reachd::net
