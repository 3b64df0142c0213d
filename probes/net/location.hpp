// Where an HTTP answer points to: its Location, made absolute by libcurl's parser, the one that
// will fetch it. The text is the peer's and may be anything.
#pragma once

#include <optional>
#include <string>

namespace reachd::net {

// The absolute URL, host in ASCII, without fragment; nullopt if it is empty, has no host or is
// neither http nor https. `base` is the URL that was fetched.
std::optional<std::string> resolve_location(const std::string& base, const std::string& location);

}  // namespace reachd::net
