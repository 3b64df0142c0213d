// Alerts as JSON: our own form for the store, and Alertmanager's (API v2) for the wire.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "daemon/notifier/alert.hpp"

namespace reachd {

boost::json::object to_json(const Alert& alert);
std::optional<Alert> alert_from_json(const boost::json::object& object);  // nullopt: it is none

// The body of POST /api/v2/alerts. An alert in force is said to end at `expires`, unless it is sent
// again before: whoever sends and dies leaves nothing behind. https://prometheus.io/docs/alerting
std::string alertmanager_body(const std::vector<Alert>& alerts, WallTime expires);

}  // namespace reachd
