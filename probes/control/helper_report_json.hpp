// What a helper answers, as OONI's test-helper protocol writes it.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "probes/helper_report.hpp"

namespace reachd {

boost::json::object to_json(const HelperReport& helper);

// Hostile text in; nothing where it is no helper's answer.
std::optional<HelperReport> parse_report(std::string_view text);

}  // namespace reachd
