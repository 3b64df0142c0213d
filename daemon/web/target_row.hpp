// One target in a line of the overview: state, since when, how it fails, how it fared lately.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/board.hpp"

namespace reachd::web {

// <tr>. `blind`: nothing can be said of any target now, what was said before is told as such.
std::string target_row(const TargetBoard& target, bool blind, WallTime now);
std::string target_row_head();  // the <tr> above all of them

// How it is wrong, in plain words; empty if nothing is. Markup.
std::string trouble_text(const TargetBoard& target);

// How long no round has ended though some should have; nothing if all is as planned.
std::optional<std::chrono::seconds> overdue(const TargetBoard& target, WallTime now);

// The end of the certificate that its latest round saw.
std::optional<WallTime> certificate_end(const TargetBoard& target);
// "61 d", with a mark where it ends soon; a dash if none was seen. Markup.
std::string certificate_text(const TargetBoard& target, WallTime now);

}  // namespace reachd::web
