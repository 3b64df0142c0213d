// One finished round, as far as it is kept for looking at and for judging the next.
#pragma once

#include <string>
#include <vector>

#include "daemon/when.hpp"
#include "probes/measurement.hpp"
#include "probes/past.hpp"

namespace reachd {

struct RoundRecord {
  WallTime began;
  Micros runtime{0};
  Shared<Outcome> outcome;
  Shared<std::string> reason;  // "tls: connection_reset at 192.0.2.1:443", empty if all is fine
  Round round = Round::light;
};

using Rounds = std::vector<RoundRecord>;  // newest first; a deque takes half a kB when empty

}  // namespace reachd
