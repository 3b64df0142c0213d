// All that the tracker remembers of one target between two rounds. A regular value: copied,
// compared, stored, read back. Bounded, whatever the rounds say.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "daemon/tracker/change.hpp"
#include "daemon/tracker/history.hpp"

namespace reachd {

// A cumulative sum of evidence, in nats, and since when it has been above zero.
struct Run {
  double sum = 0;
  Onset onset;  // `before`: the round that raised it from zero; meaningless at zero
  bool operator==(const Run&) const = default;
};

// The same evidence as far as it bears one kind, or an ancestor of it ("tls", "tls.reset", …).
struct KindSum {
  std::string path;
  double fast = 0;
  double slow = 0;
  bool operator==(const KindSum&) const = default;
};

// In what share of the latest rounds of the confirmed condition a kind was seen.
struct KindShare {
  std::string kind;
  double share = 0;
  bool operator==(const KindShare&) const = default;
};

using StatusWeights = std::array<double, kStatuses.size()>;  // by Status

struct State {
  static constexpr std::size_t kKindSums = 48;
  static constexpr std::size_t kKindShares = 16;

  Condition confirmed;
  WallTime since;   // the first round that was of it
  WallTime last;    // the latest round that counted; the epoch: none did
  WallTime agreed;  // the latest that was as confirmed

  // Against the confirmed condition. fast and slow while it is ok or unknown; other and recovery
  // while it is not.
  Run fast;                    // something is wrong, nearly always
  Run slow;                    // something is wrong, about every other time
  Run other;                   // something else is wrong
  Run recovery;                // nothing is wrong any more
  std::vector<KindSum> kinds;  // of fast and slow, or of other
  StatusWeights tally{};       // of the rounds in that run, the latest weigh most

  // How often rounds fail, in the run against ok or of the trouble that is confirmed.
  double failures = 0;  // rounds that failed …
  double passes = 0;    // … and that did not, up to the last that failed; the latest weigh most
  double pending = 0;   // that did not since

  // What rounds of the confirmed condition look like, in shares of the latest.
  StatusWeights shares{};
  std::vector<KindShare> kind_shares;

  double flaps = 0;  // passages of late, halved every twelve hours …
  WallTime flapped;  // … up to this one
  History speed;     // logarithms of bytes per second
  History latency;   // logarithms of seconds
  bool operator==(const State&) const = default;
};

}  // namespace reachd
