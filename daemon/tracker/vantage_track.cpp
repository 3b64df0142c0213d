#include "daemon/tracker/vantage_track.hpp"

namespace reachd {
namespace {

void forget_votes(VantageState& state) {
  state.votes = 0;
  state.candidate = state.confirmed;
  state.onset = {};
}

}  // namespace

VantageTracked track(const VantageState& before, const Vantage& vantage, WallTime at) {
  VantageTracked tracked{before, {}};
  VantageState& state = tracked.state;
  if (vantage.status == state.confirmed) {
    state.agreed = at;
    if (--state.votes <= 0) forget_votes(state);
    return tracked;
  }
  // Another trouble than the last result told of is trouble all the same: it began back then.
  if (state.votes == 0) state.onset = {state.agreed, at};
  state.candidate = vantage.status;
  if (++state.votes < kVantageVotes) return tracked;
  tracked.change = VantageChange{state.confirmed, vantage.status, state.onset, at, vantage.rule};
  state.since = state.onset.before;
  state.confirmed = vantage.status;
  state.agreed = at;
  forget_votes(state);
  return tracked;
}

}  // namespace reachd
