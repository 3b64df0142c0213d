// The board as JSON: what programs read. Times are RFC 3339, durations seconds; a fact that is not
// known yet is null, never missing.
#pragma once

#include <boost/json/object.hpp>

#include "daemon/board.hpp"
#include "daemon/web/listing.hpp"

namespace reachd::web {

// {"total", "offset", "limit", "statuses": {ok: n, …} of all, "targets": […]}, ordered by name.
boost::json::object targets_json(const Board& board, const Filter& filter);

// {"events": […]}: the newest `limit` that opened, grew or ended at `since` or later, oldest first.
boost::json::object events_json(const Board& board, WallTime since, std::size_t limit);

// One entry of the list with, beyond it, "rounds" (newest first) and the measurements "last" and
// "last_failed" in OONI's format.
boost::json::object target_json(const TargetBoard& target);

// {"status", "since", "name", "country", "asn", "started", "ready", "controls": […]}.
boost::json::object vantage_json(const Board& board);

}  // namespace reachd::web
