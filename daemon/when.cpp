#include "daemon/when.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace reachd {
namespace chrono = std::chrono;

std::string to_rfc3339(chrono::system_clock::time_point time) {
  const auto seconds = chrono::floor<chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  const auto stamp = static_cast<std::time_t>(seconds);
  if (gmtime_r(&stamp, &parts) == nullptr) return "1970-01-01T00:00:00Z";
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", parts);
}

std::optional<chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || end != copy.c_str() + copy.size()) return std::nullopt;
  return chrono::system_clock::from_time_t(timegm(&parts));
}

std::string to_words(chrono::seconds span) {
  const auto total = std::max<chrono::seconds::rep>(span.count(), 0);
  const auto days = total / 86400;
  const auto hours = total / 3600 % 24;
  const auto minutes = total / 60 % 60;
  if (days > 0) return fmt::format("{} d {} h", days, hours);
  if (hours > 0) return fmt::format("{} h {} min", hours, minutes);
  if (minutes > 0) return fmt::format("{} min", minutes);
  return fmt::format("{} s", total);
}

}  // namespace reachd
