// Reads quantities as operators write them: "60s", "20%", "64KiB", "2/s", "1/90d".
// Never guesses: a number without its unit is refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace reachd {

// The error of a value that does not parse is a sentence for the operator.
template <typename T>
using Parsed = boost::system::result<T, std::string>;

// How to return that error where T could be made from a text too.
template <typename T>
Parsed<T> refused(std::string why) {
  return Parsed<T>(boost::system::in_place_error, std::move(why));
}

// `count` events per `per`: "2/s" is {2, 1s}, "20/min" {20, 60s}, "1/90d" {1, 90 days}.
struct Rate {
  double count = 0;
  std::chrono::milliseconds per{0};
  bool operator==(const Rate&) const = default;
  double per_second() const;
};

// "250ms", "60s", "10m", "48h", "30d"; also compounds such as "1h30m". At most 10 years.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);

// "20%" or "0.2": a fraction from 0 to 1.
Parsed<double> parse_fraction(std::string_view text);

// "512", "64KiB", "2GiB", "1MB": bytes.
Parsed<std::uint64_t> parse_bytes(std::string_view text);

// "2/s", "20/min", "1/90d". The count is positive and finite.
Parsed<Rate> parse_rate(std::string_view text);

// The shortest text that parse_duration reads back as the same value: "1m30s".
std::string to_string(std::chrono::milliseconds duration);

}  // namespace reachd
