// What tells this daemon's series from all others at a centre: the labels that a scrape would give
// them, job and instance, and those of the place. The same that the shipped scrape configuration
// sets, so that rules and dashboards do not see how a series came.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace reachd::remote_write {

using Place = std::vector<std::pair<std::string, std::string>>;  // label and value, by label

// job, instance, vantage, and country and asn where they are known. `host` stands in for a vantage
// without a name.
Place place_of(const Config& config, const std::string& host);

std::string host_name();  // this machine's

}  // namespace reachd::remote_write
