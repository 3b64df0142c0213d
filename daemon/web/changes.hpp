// What changed lately, as people are told of it: events, newest first.
#pragma once

#include <string>

#include "daemon/board.hpp"

namespace reachd::web {

// The latest of the whole board; the first few open, some more folded. Markup.
std::string latest_changes(const Board& board, WallTime now);

// A table of those that the target (by id) was part of. Empty if there is none. Markup.
std::string changes_of(const Board& board, const std::string& id, WallTime now);

}  // namespace reachd::web
