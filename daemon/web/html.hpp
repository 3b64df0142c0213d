// The small words of which the pages are made. Whatever is not markup of ours is escaped here; no
// scripts, nothing from elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/board.hpp"

namespace reachd::web {

// Text fit for elements and for attributes in double quotes. Control characters other than line
// ends become U+FFFD.
std::string escape_html(std::string_view text);

// A whole document; `title` is escaped here, `body` is markup. It loads itself afresh every 30 s.
std::string document(std::string_view title, const std::string& body);

std::string_view stylesheet();  // what every document links to as /style.css

// Shape and word of a status: readable without colour, and aloud.
std::string status_mark(Status status);
std::string status_word(Status status);  // "likely blocked"

// "3 h 12 min", with the point in time in UTC behind it; a dash if there is none.
std::string span_since(const std::optional<WallTime>& time, WallTime now);
std::string utc(WallTime time);     // "2026-11-24 10:00:05 UTC"
std::string duration(Micros took);  // "0.4 ms", "12 ms", "1.24 s"

}  // namespace reachd::web
