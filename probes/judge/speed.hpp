// How fast an answer came, where enough of it came to tell. Pure: suspicion and measure, no
// verdict.
#pragma once

#include "probes/measurement.hpp"

namespace reachd {

// Less comes in the first flight, at whatever rate: ten segments, 14.6 kB (RFC 6928).
inline constexpr std::size_t kTellingBody = std::size_t{16} * 1024;

// Bytes a second while the body came; 0 if it was too short to tell. What stood still at the end is
// left out: that is another thing.
double speed_of(const HttpSeen& seen);

// An answer of the target's that came slower than any line of today, or broke off in the middle of
// much: worth a comparison.
bool is_worth_weighing(const Observation& step);
bool is_worth_weighing(const Measurement& measurement);

// Whether one of the last rounds was slow or stood still: the next looks there too.
bool was_slow(const Past& past);

}  // namespace reachd
