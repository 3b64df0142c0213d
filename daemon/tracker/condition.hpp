// What condition rounds amount to, and which rounds are of it.
#pragma once

#include <string>
#include <vector>

#include "daemon/tracker/state.hpp"

namespace reachd {

// A round, as the tracker takes it.
struct Seen {
  Status status = Status::ok;
  std::vector<std::string> kinds;
  bool operator==(const Seen&) const = default;
};

// Neither wrong nor known to be wrong: ok, or nothing is confirmed yet.
bool is_sound(const Condition& condition);

// Whether the round is of the condition. `impaired` is undetermined, so it may be anything of that
// kind.
bool is_of(const Seen& seen, const Condition& condition);

// The status of rounds that were not ok: blocked if most say blocked or likely_blocked, and more
// than one says blocked, or half of them.
Status status_of(const StatusWeights& tally);

// The deepest kinds that bear (nearly) all of the evidence: at most one in ten speaks against them
// (ln 10, science 3). `part` is what of a kind's evidence belongs to `sum`.
std::vector<std::string> kinds_of(const std::vector<KindSum>& kinds, double sum,
                                  double KindSum::* part);

// The same condition after one more round of it; `state.shares` and `state.kind_shares` follow the
// rounds. Becomes more certain, never less; kinds join and leave with some delay.
Condition refine(State& state, const Seen& seen);

// Begins to follow the rounds of a condition just confirmed.
void begin_shares(State& state, const StatusWeights& tally);

}  // namespace reachd
