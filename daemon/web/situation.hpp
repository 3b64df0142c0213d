// What a person wants to know first, in a sentence: can people here reach the services, and is the
// place from which we look fit to tell?
#pragma once

#include <string>

#include "daemon/board.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

// "facebook/web is blocked; the other 11 targets can be reached". Not escaped.
std::string situation(const Board& board);

// A line with the vantage and its controls; each control behind it. Markup.
std::string vantage_line(const Board& board, WallTime now);

// What speaks against believing the rest: stale, not ready, the vantage not online. Markup.
std::string alerts(const Sources& sources);

}  // namespace reachd::web
