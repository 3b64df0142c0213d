// Between our values and JSON's, for measurements: what is missing or of another type reads as the
// fallback, numbers are clamped, bytes that are not UTF-8 travel as base64. Never throws on a
// value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "probes/observation.hpp"

namespace reachd {

// A string, or OONI's {"format": "base64", "data": …} where the bytes are not UTF-8.
boost::json::value text_value(std::string_view bytes);
std::string text_of(const boost::json::value& value);  // the inverse; "" for anything else
std::string text_of(const boost::json::object& object, std::string_view key);

// Times are seconds, as OONI writes them; reading clamps to [0, 1e9] and rounds to microseconds.
double seconds(Micros time);
std::optional<Micros> find_time(const boost::json::object& object, std::string_view key);
Micros time_of(const boost::json::object& object, std::string_view key);  // 0 if it is missing

// Nothing where it is null.
std::optional<Failure> failure_of(const boost::json::object& object, std::string_view key);

// A number within [least, most], rounded; the fallback for anything else.
std::int64_t integer_of(const boost::json::value& value, std::int64_t fallback, std::int64_t least,
                        std::int64_t most);

// As above, for a member of an object that fits T.
template <typename T>
T integer_of(const boost::json::object& object, std::string_view key, T fallback = 0) {
  constexpr auto kWidest = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMost = static_cast<std::int64_t>(
      std::min<std::uint64_t>(std::numeric_limits<T>::max(), std::uint64_t{kWidest}));
  constexpr auto kLeast = static_cast<std::int64_t>(std::numeric_limits<T>::min());
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr) return fallback;
  return static_cast<T>(integer_of(*value, static_cast<std::int64_t>(fallback), kLeast, kMost));
}

bool flag_of(const boost::json::object& object, std::string_view key, bool fallback = false);

// Empty ones where there is none, so that readers need no second path.
const boost::json::object& object_of(const boost::json::object& object, std::string_view key);
const boost::json::array& array_of(const boost::json::object& object, std::string_view key);
const boost::json::object& object_of(const boost::json::value& value);

// "192.0.2.1:443", "[2001:db8::1]:443"; "" stands for no endpoint. What holds no address reads as
// none.
std::string endpoint_text(const Endpoint& endpoint);
Endpoint endpoint_of(std::string_view text);
// `text` if it is an IP literal (a scope id may follow), else "".
std::string address_of(std::string_view text);

}  // namespace reachd
