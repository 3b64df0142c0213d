// A measurement as people read it: one line a step, aligned, with times and plain words.
#pragma once

#include <string>
#include <string_view>

#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// Text of a whole ladder with the verdict at its end. `colour`: ANSI colours. Whatever came from
// the network is escaped.
std::string print_ladder(const Measurement& measurement, const Verdict& verdict, bool colour);

// Printable ASCII stays, UTF-8 that shows stays, everything else (controls, terminal escapes, marks
// that turn text around, broken UTF-8) becomes \xNN or \u{NNNN}; cut to `limit` characters with
// "…".
std::string escape_for_people(std::string_view bytes, std::size_t limit = 120);

}  // namespace reachd
