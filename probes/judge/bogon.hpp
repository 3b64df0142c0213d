// Addresses that no public name may have: what is private, loopback, reserved or a tunnel's.
#pragma once

#include <string_view>

namespace reachd {

// False of what is no address.
bool is_bogon(std::string_view address);

}  // namespace reachd
