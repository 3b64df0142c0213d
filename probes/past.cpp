#include "probes/past.hpp"

#include <algorithm>

namespace reachd {

namespace {

// Rounds up to the last that have such a kind, all of them but for those that could not be judged.
int in_a_row(const Past& past, auto&& met) {
  int count = 0;
  for (const PastRound& round : past.rounds) {
    const bool has = std::ranges::any_of(round.outcome->kinds, met);
    if (!has && round.outcome->status != Status::insufficient) break;
    count += has;
  }
  return count;
}

}  // namespace

int silent_rounds(const Past& past) {
  return in_a_row(past, [](const std::string& kind) {
    return kind == "tcp.timeout" || kind == "ip.blackhole";
  });
}

int silent_handshakes(const Past& past) {
  return in_a_row(past, [](const std::string& kind) { return kind.starts_with("tls.timeout"); });
}

}  // namespace reachd
