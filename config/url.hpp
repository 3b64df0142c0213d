// The URLs of targets, taken apart and made uniform: what the steps get needs no second look.
// Never accepts a password: a URL is shown on the page, in logs and in the archive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/target.hpp"
#include "config/units.hpp"

namespace reachd {

// The members of Target that its URL decides; their meaning is told there.
struct TargetUrl {
  Scheme scheme = Scheme::https;
  std::string host;
  std::uint16_t port = 0;
  std::string path = "/";
  std::string dns_name;
  std::string dns_type;
  bool operator==(const TargetUrl&) const = default;
};

// http(s)://host[:port]/path?query · imap(s), smtp(s)://host[:port] · tcp, tls://host:port ·
// dns:///name[?type=A] (the target's resolvers) and dns://address[:port]/name[?type=AAAA] (RFC
// 4501). At most 2048 bytes.
Parsed<TargetUrl> parse_target_url(std::string_view text);

// A DNS name in ASCII, lower-cased, without the dot at its end; the error is a sentence.
Parsed<std::string> parse_host_name(std::string_view text);

}  // namespace reachd
