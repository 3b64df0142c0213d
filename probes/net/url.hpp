// The parts of an http(s) URL as a redirect names it, by libcurl's parser: the one that will fetch
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/target.hpp"

namespace reachd::net {

struct Place {
  std::string url;  // whole, host in ASCII
  Scheme scheme = Scheme::https;
  std::string host;  // without brackets
  std::uint16_t port = 443;
};

// nullopt if it is not an http(s) URL with a host.
std::optional<Place> parse_place(const std::string& url);

// True of an IPv4 or IPv6 literal.
bool is_address(const std::string& host);

}  // namespace reachd::net
