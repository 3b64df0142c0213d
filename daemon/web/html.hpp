// The small words of which the pages are made. Whatever is not markup of ours passes escape_html()
// and nothing else: it must never be put into a page in another way.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/board.hpp"

namespace reachd::web {

inline constexpr std::size_t kMostText =
    400;  // characters of one text, unless it is said otherwise

// Text fit for elements and for attributes in double quotes, at most `limit` characters with "…".
// Controls, marks that turn text around and broken UTF-8 are shown as \xNN and \u{NNNN}.
std::string escape_html(std::string_view text, std::size_t limit = kMostText);
// The same in a <bdi>: letters that are written from right to left do not move their neighbours.
std::string isolated(std::string_view text, std::size_t limit = kMostText);

// Shape and word of a status: readable without colour, and aloud. `shape` alone is silent.
std::string shape(Status status);
std::string status_mark(Status status);
std::string status_word(Status status);  // "likely blocked", "not known"

// "3 h 12 min", with the point in time in UTC behind it; a dash if there is none.
std::string span_since(const std::optional<WallTime>& time, WallTime now);
std::string moment(WallTime time);        // <time> with "2026-11-24 10:00:05 UTC"
std::string utc(WallTime time);           // "2026-11-24 10:00:05 UTC"
std::string clock_time(WallTime time);    // "10:00:05"
std::string duration(Micros took);        // "0.4 ms", "12 ms", "1.24 s"
std::string grouped(std::size_t number);  // "10,000"

// <a> to the page of a target; `markup` is what is shown.
std::string link_to(std::string_view service, std::string_view target, const std::string& markup);

}  // namespace reachd::web
