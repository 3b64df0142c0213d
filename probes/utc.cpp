#include "probes/utc.hpp"

#include <charconv>
#include <cstdio>

namespace reachd {
namespace chrono = std::chrono;

std::string utc_text(chrono::system_clock::time_point time) {
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(time - day));
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::optional<chrono::sys_seconds> parse_utc(std::string_view text) {
  if (text.size() != 19) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const chrono::year_month_day date(chrono::year(static_cast<int>(number(0, 4))),
                                    chrono::month(number(5, 2)), chrono::day(number(8, 2)));
  if (!date.ok()) return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(number(11, 2)) + chrono::minutes(number(14, 2)) +
         chrono::seconds(number(17, 2));
}

}  // namespace reachd
