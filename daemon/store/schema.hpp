// The tables of state.sqlite and the way from each older version of them to this one.
#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/store/database.hpp"

namespace reachd::store {

// Rounds lie together by slots of this length, then by target: what arrives now is written to few
// pages, and one target's history is found by one look-up a slot.
inline constexpr std::chrono::minutes kSlot{5};

// Makes an open file ready for writing: the log, how it is synced, the tables. True if the file was
// empty. Throws DatabaseError, Trouble::newer if a later version wrote it.
bool prepare(Database& database);

}  // namespace reachd::store
