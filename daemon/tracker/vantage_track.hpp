// The tracker's smaller brother for the vantage: what the controls say of it, confirmed by several
// of their rounds. Pure.
#pragma once

#include <optional>
#include <string>

#include "daemon/tracker/change.hpp"
#include "probes/judge/vantage.hpp"

namespace reachd {

struct VantageState {
  VantageStatus confirmed = VantageStatus::online;
  WallTime since;   // the epoch: from the beginning
  WallTime agreed;  // the latest result that was as confirmed
  // What may come next.
  VantageStatus candidate = VantageStatus::online;
  int votes = 0;  // results for the candidate minus those for what is confirmed
  Onset onset;    // of the votes; meaningless without any
  bool operator==(const VantageState&) const = default;
};

struct VantageChange {
  VantageStatus from = VantageStatus::online;
  VantageStatus to = VantageStatus::online;
  Onset onset;
  WallTime confirmed;
  std::string rule;
  bool operator==(const VantageChange&) const = default;
};

struct VantageTracked {
  VantageState state;
  std::optional<VantageChange> change;
  bool operator==(const VantageTracked&) const = default;
};

// So many results more for something new than for what is confirmed, in either direction.
inline constexpr int kVantageVotes = 3;

// After a finished round of any control; `at` is when it began. Votes are results, not time: a
// pause adds none.
VantageTracked track(const VantageState& state, const Vantage& vantage, WallTime at);

}  // namespace reachd
