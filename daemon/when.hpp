// Points in time and spans as the outside reads them: RFC 3339 for programs, "3 h 12 min" for
// people. Pure; UTC only, so that a vantage's time zone can neither confuse nor be told.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace reachd {

using WallTime = std::chrono::system_clock::time_point;

// "2026-11-24T10:00:00Z", whole seconds, rounded down.
std::string to_rfc3339(WallTime time);
// Reads what to_rfc3339 writes; nullopt for anything else.
std::optional<WallTime> parse_rfc3339(std::string_view text);

// The two largest units: "8 s", "12 min", "3 h 12 min", "4 d 2 h". Negative spans (a clock was set
// back) are "0 s".
std::string to_words(std::chrono::seconds span);

}  // namespace reachd
