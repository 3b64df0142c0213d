// An event as the API tells it and as the store keeps it: one form for both.
#pragma once

#include <optional>

#include <boost/json/value.hpp>

#include "daemon/events/event.hpp"

namespace reachd {

// {"id", "subject", "opened", "ended": time or null, "kinds", "headline", "onset", "members":
// [{"target", "passage", "from", "to", "kinds", "from_kinds", "onset": {"after": time or null,
// "before"}, "confirmed", "rule", "reason", "flapping"}]}. Times are RFC 3339.
boost::json::object to_json(const Event& event);

// Reads what to_json writes; nullopt for anything else.
std::optional<Event> event_from_json(const boost::json::value& value);

}  // namespace reachd
