#include "probes/past.hpp"

#include <algorithm>

namespace reachd {

int silent_rounds(const Past& past) {
  int silent = 0;
  for (const PastRound& round : past.rounds) {
    const bool met = std::ranges::any_of(round.kinds, [](const std::string& kind) {
      return kind == "tcp.timeout" || kind == "ip.blackhole";
    });
    if (!met && round.status != Status::insufficient) break;
    silent += met;
  }
  return silent;
}

}  // namespace reachd
