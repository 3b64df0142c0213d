// The past of a target as a chart takes it: columns of equal length, oldest first. What it is made
// of is the store's, asked for while the loop goes on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "daemon/events/chronicle.hpp"
#include "daemon/store/rows.hpp"

namespace reachd::store {
class Saver;
}

namespace reachd::web {

struct Past {
  std::vector<store::RoundRow> rounds;  // newest first
  std::vector<store::HourRow> hours;    // oldest first
  std::string trouble;                  // why something is missing, in words; empty: nothing is
};
// Asks for the rounds of a target, or for its hours if the time is further back than rounds are
// kept.
using AskPast = std::function<boost::asio::awaitable<Past>(std::string id, WallTime since)>;

inline constexpr std::chrono::hours kRoundsKept{48};
inline constexpr std::size_t kMostPoints = 5000;

// What the saver, which outlives the answer, has of that: at most kMostPoints, the newest.
boost::asio::awaitable<Past> past_of(store::Saver& saver, std::string id, WallTime since,
                                     WallTime now);

// {"resolution": "round" or "hour", "times": [seconds since the epoch], "status": [word, of an hour
// the worst that was seen in at least a tenth of its rounds], "dns": [milliseconds or null],
// "connect", "tls", "first_byte", "transfer", "events": [{"time", "status"}], "trouble"}.
boost::json::object history_json(const Past& past, const Chronicle& chronicle,
                                 const std::string& id, WallTime since);

}  // namespace reachd::web
