// The tracker's state as JSON, for the store. Reading trusts nothing: what is not exactly a state,
// of this version and within its bounds, is none.
#pragma once

#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "daemon/tracker/state.hpp"

namespace reachd {

// Times are whole nanoseconds since the epoch, so that nothing is lost.
boost::json::object to_json(const State& state);
std::optional<State> state_from_json(const boost::json::value& value);

}  // namespace reachd
