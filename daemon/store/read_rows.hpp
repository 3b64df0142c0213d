// Rows out of their tables. Throw DatabaseError.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/store/database.hpp"
#include "daemon/store/rows.hpp"

namespace reachd::store {

Saved read_saved(Database& database, WallTime now);
// Of a damaged file: from each table what comes before the damage, events of any age.
void salvage_saved(Database& database, Saved& saved);

std::vector<RoundRow> read_rounds(Database& database, const std::string& target,
                                  std::int64_t number, WallTime from, WallTime to,
                                  std::size_t limit);
std::vector<HourRow> read_hours(Database& database, const std::string& target, std::int64_t number,
                                WallTime from, WallTime to);
std::vector<EventRow> read_events(Database& database, WallTime since, std::size_t limit);

// Of all targets; see Store.
std::vector<OutcomeRow> read_outcomes_of_rounds(Database& database, WallTime from, WallTime to);
std::vector<OutcomeRow> read_outcomes_of_hours(Database& database, WallTime from, WallTime to);
WallTime read_hours_until(Database& database);

}  // namespace reachd::store
