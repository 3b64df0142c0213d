// The pages for people: all targets at a glance, and one target with all that is known of it.
#pragma once

#include <string>

#include "daemon/board.hpp"
#include "daemon/web/listing.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

std::string overview_page(const Sources& sources, const Filter& filter);
std::string target_page(const TargetBoard& target, WallTime now);
std::string missing_page();  // for a path or a target that does not exist

}  // namespace reachd::web
