// The small pictures of a row: how the rounds of a day and a month went, how long answers took.
// SVG without a style of its own; each says the same in words to those who do not see it.
#pragma once

#include <string>

#include "daemon/timeline.hpp"

namespace reachd::web {

// A bar a half hour of the last day, a bar a day of the last month: each filled from below by the
// share of its rounds that were ok, above by what the others were; empty where nothing is known.
std::string day_bars(const Timeline& timeline, WallTime now);
std::string month_bars(const Timeline& timeline, WallTime now);

// The mean latency of the half hours of the last day; empty if none is known.
std::string sparkline(const Timeline& timeline, WallTime now);

// "99.95 %", "100 %" only if all were ok; a dash if nothing is known.
std::string percentage(const Tally& tally);

}  // namespace reachd::web
