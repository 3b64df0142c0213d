// Rows into their tables. Within a transaction of the caller's; what is there already is replaced.
#pragma once

#include <cstdint>

#include "daemon/store/batch.hpp"
#include "daemon/store/database.hpp"

namespace reachd::store {

void write_known(Database& database, const Batch& batch);  // all but its rounds
void write_round(Database& database, std::int64_t target, const RoundRow& round);
void write_hour(Database& database, std::int64_t target, const HourRow& hour);

std::int64_t micros(WallTime time);  // since the epoch, as the tables hold it
std::int64_t slot_of(WallTime time);

}  // namespace reachd::store
