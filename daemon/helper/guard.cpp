#include "daemon/helper/guard.hpp"

#include <algorithm>
#include <utility>

#include "probes/net/public_space.hpp"

namespace reachd::helper {

Guard::Guard(const std::vector<std::string>& allowed, std::vector<std::string> own)
    : own_(std::move(own)) {
  for (const std::string& text : allowed) {
    if (const auto network = parse_network(text)) allowed_.push_back(*network);
  }
}

bool Guard::allows(std::string_view address) {
  const bool allowed = std::ranges::any_of(
      allowed_, [&](const Network& network) { return contains(network, address); });
  const bool reachable =
      allowed || (net::is_public(address) && std::ranges::find(own_, address) == own_.end());
  if (!reachable) ++refusals_;
  return reachable;
}

}  // namespace reachd::helper
