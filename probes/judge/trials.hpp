// Further tries at a connection that failed: the same once more, and with something innocent in the
// place of the target's name. Pure.
#pragma once

#include <vector>

#include "probes/judge/facts.hpp"

namespace reachd {

// After a hit some censors punish the address and port for minutes (GFW 180 s, some a bit more).
inline constexpr std::chrono::seconds kResidual{190};

struct Trial {
  int passed = 0;
  int failed = 0;             // in the same way as what they are compared with, or any other
  std::vector<int> evidence;  // indices of the steps that passed or failed
};

// The same again: steps of this stage at the same peer that came through or failed.
Trial retries_of(const Facts& facts, const Connection& connection, Stage stage);

// With an innocent name: `purpose` is sni_swap, host_swap or bare_path. At the same peer, or at
// another where the target's name failed as well. A failure within the penalty of an earlier hit
// counts for nothing; any answer of a TLS server counts as passed, whatever its certificate.
Trial swaps_of(const Facts& facts, const Connection& connection, Purpose purpose);

// Whether the step that failed did so before anything can have come from the other end: in less
// than half of the least round trip of this connection. Void where a round trip is too short to
// tell (below 5 ms).
bool faster_than_path(const Facts& facts, const Connection& connection);

// Whether one of the last rounds was suspected of this kind: the second that proves it may say so.
bool seen_before(const Facts& facts, std::string_view kind);

}  // namespace reachd
