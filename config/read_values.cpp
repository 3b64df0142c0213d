#include <algorithm>

#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {

using std::chrono::milliseconds;

bool take_duration(const Field& field, milliseconds& out, milliseconds least, milliseconds most,
                   std::string_view why) {
  milliseconds value{0};
  if (!take(field, value, parse_duration)) return false;
  if (value < least || value > most) {
    field.fault(to_string(value) + " is out of bounds: from " + to_string(least) + " to " +
                to_string(most) + " (" + std::string(why) + ")");
    return false;
  }
  out = value;
  return true;
}

bool take_interval(const Field& field, milliseconds& out) {
  return take_duration(field, out, kShortestInterval, kLongestInterval,
                       "more often burdens the service, more seldom misses what happens");
}

bool take_timeout(const Field& field, milliseconds& out) {
  return take_duration(field, out, milliseconds(100), std::chrono::minutes(5),
                       "a step that takes longer is a failure to any user");
}

bool take_name(const Field& field, std::string& out) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
  const auto text = field.text();
  if (!text) return false;
  const bool good =
      text->size() <= 63 && kFirst.find(text->front()) != std::string_view::npos &&
      std::all_of(text->begin(), text->end(), [&](char c) {
        return kFirst.find(c) != std::string_view::npos || c == '.' || c == '_' || c == '-';
      });
  if (!good) {
    field.fault(in_quotes(*text) +
                " is not a name: up to 63 of a-z, 0-9, '.', '_' and '-', a letter or digit first, "
                "such as google-search");
    return false;
  }
  out = *text;
  return true;
}

}  // namespace reachd
