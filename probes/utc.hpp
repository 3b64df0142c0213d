// Wall-clock times as OONI's format and people write them: "2026-01-31 23:59:58", always UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace reachd {

std::string utc_text(std::chrono::system_clock::time_point time);  // cut to whole seconds
std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

}  // namespace reachd
