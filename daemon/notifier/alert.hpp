// What Alertmanager is told: one alert for each target, and one for the vantage, that is not as it
// should be. Plain values; the labels are the alert's identity there.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "daemon/events/event.hpp"

namespace reachd {

struct Alert {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::string page;              // where people can look
  WallTime starts;               // the confirmation
  std::optional<WallTime> ends;  // set once it is over
  bool operator==(const Alert&) const = default;
};

// Whether a condition is something to be told.
bool calls_for_alert(const Condition& condition);

// The alert of an event's member. Labels: alertname (ReachdTargetBlocked,
// ReachdTargetLikelyBlocked, ReachdTargetDown, ReachdTargetImpaired, ReachdVantageNotOnline),
// severity, status, kind (all of them, joined by commas), service_name, target, and vantage,
// country and asn where they are configured. Annotations: summary, description, onset. `root` is
// the page's URL without a slash at its end.
Alert alert_of(const Event& event, const Member& member, const VantageName& vantage,
               const std::string& root);

}  // namespace reachd
