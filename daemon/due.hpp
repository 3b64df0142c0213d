// When a target is due: pure arithmetic over its name, its interval and the time. A target has a
// grid of points one interval apart, shifted by a hash of its name; each round is due near a point.
#pragma once

#include <chrono>
#include <cstdint>

#include "config/target.hpp"

namespace reachd {

using LoopTime = std::chrono::steady_clock::time_point;
using LoopSpan = std::chrono::steady_clock::duration;

// Share of its interval, in [0, 1), at which a target is due: a stable hash of "service/target".
double phase_of(const Target& target);

// Uniform in [-1, 1), by target and turn: the same in every run, so that a schedule can be
// replayed.
double jitter_of(const Target& target, std::uint64_t turn);

// How far jitter moves a due time. `offset` in [-1, 1].
LoopSpan shift_of(std::chrono::milliseconds interval, double jitter, double offset);

// The next due time strictly after `now`, on the grid of the point `due`, so that a stall or a
// suspend of many intervals leads to one round, not to a burst. At least one interval after `due`,
// give or take the shift.
LoopTime next_due(LoopTime due, LoopTime now, std::chrono::milliseconds interval, double jitter,
                  double offset);

// How many whole intervals lie between `due` and `now`; 0 if `due` is yet to come.
std::int64_t intervals_since(LoopTime due, LoopTime now, std::chrono::milliseconds interval);

// The interval after `failing` rounds in a row of a steady failure: doubled by each, up to 15 min,
// in whole intervals so that the grid stays, and never below the interval itself.
std::chrono::milliseconds backed_off(std::chrono::milliseconds interval, int failing);

// A target that is new has its first look early: all that are new at once are spread over half a
// second each, at most over their interval. `point` is the point of the grid before the second
// look, which comes half to one and a half intervals after the first.
struct FirstLook {
  LoopTime at;
  LoopTime point;
};
FirstLook first_look(const Target& target, LoopTime origin, LoopTime now, std::size_t newcomers);

}  // namespace reachd
