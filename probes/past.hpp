// What the daemon remembers of a target when it judges a round: a value that it supplies, so that
// judging needs no memory and an archive line can be judged again.
#pragma once

#include <string>
#include <vector>

#include "config/shared.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/observation.hpp"

namespace reachd {

// What a round came to, as far as later ones care.
struct Outcome {
  Status status = Status::insufficient;
  std::vector<std::string> kinds;
  std::string rule;
  bool operator==(const Outcome&) const = default;
};

// An earlier round of the same target. Most come to the same as the one before: they share it.
struct PastRound {
  Micros ago{0};  // from its beginning to the beginning of this one
  Shared<Outcome> outcome;
  bool operator==(const PastRound&) const = default;
};

struct Past {
  std::vector<PastRound> rounds;  // newest first, as far back as the daemon likes; 16 are read
  // Of the last rounds with a valid certificate: hex SHA-256 of the leaf's public key, and the
  // distinguished name of its issuer. `pinned` are the keys that the configuration demands.
  std::vector<std::string> keys;
  std::vector<std::string> issuers;
  std::vector<std::string> pinned;
  double median_bytes_per_second = 0;  // of this target's last seven days; 0: not known
  int speed_samples = 0;               // rounds behind the median
  int slow_rounds = 0;  // rounds in a row, before this one, at a tenth of the median or below
  bool operator==(const Past&) const = default;
};

// How many rounds in a row, up to the last, met an address that took no connection. A round that
// could not be judged neither counts nor ends the row.
int silent_rounds(const Past& past);
int silent_handshakes(const Past& past);  // the same of connections that stood

// After so many, silence is no chance of a line that loses packets; only patience tells it from a
// server that counts connections.
inline constexpr int kSilentRoundsBefore = 2;

}  // namespace reachd
