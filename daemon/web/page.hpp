// The pages for people: all targets at a glance, and one target with all that is known of it.
#pragma once

#include "daemon/board.hpp"
#include "daemon/web/document.hpp"
#include "daemon/web/listing.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

Document overview_page(const Sources& sources, const Filter& filter);
Document target_page(const Sources& sources, const TargetBoard& target);
Document missing_page();  // for a path or a target that does not exist

}  // namespace reachd::web
