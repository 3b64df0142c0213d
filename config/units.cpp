#include "config/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "config/wording.hpp"

namespace reachd {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kTenYears = std::int64_t{3650} * 24 * 3600 * 1000;

struct Unit {
  std::string_view name;
  std::int64_t size;
};
// From large to small, the order in which a compound names them.
constexpr std::array<Unit, 5> kTimes{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 9> kSizes{{{"B", 1},
                                      {"KiB", 1LL << 10},
                                      {"MiB", 1LL << 20},
                                      {"GiB", 1LL << 30},
                                      {"TiB", 1LL << 40},
                                      {"kB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000}}};

constexpr std::string_view kDigits = "0123456789";

// Cuts the leading characters that are in `set` off `text` and returns them.
std::string_view take_while(std::string_view& text, std::string_view set) {
  const std::string_view head = text.substr(0, text.find_first_not_of(set));
  text.remove_prefix(head.size());
  return head;
}

// Cuts off the unit: everything up to the next digit.
std::string_view take_unit(std::string_view& text) {
  const std::string_view head = text.substr(0, text.find_first_of(kDigits));
  text.remove_prefix(head.size());
  return head;
}

std::optional<std::uint64_t> whole(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Digits with at most one point between them: no sign, exponent, infinity or NaN.
std::optional<double> decimal(std::string_view text) {
  std::string_view rest = text;
  if (take_while(rest, kDigits).empty()) return std::nullopt;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (take_while(rest, kDigits).empty()) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string time_fault(std::string_view text, std::string_view trouble) {
  return in_quotes(text) + " " + std::string(trouble) +
         ": write a duration such as 60s, 10m or 1h30m";
}

std::string bytes_fault(std::string_view text, std::string_view trouble) {
  return in_quotes(text) + " " + std::string(trouble) +
         ": write bytes such as 512, 64KiB, 10MB or 2GiB";
}

std::string rate_fault(std::string_view text, std::string_view trouble) {
  return in_quotes(text) + " " + std::string(trouble) +
         ": write a rate such as 2/s, 20/min or 1/90d";
}

}  // namespace

double Rate::per_second() const {
  return per.count() > 0 ? count * 1000 / static_cast<double>(per.count()) : 0;
}

Parsed<milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next = 0;  // the largest unit that may still come
  std::string_view rest = text;
  do {
    const std::string_view digits = take_while(rest, kDigits);
    if (digits.empty()) return time_fault(text, "is not a duration");
    const std::string_view name = take_unit(rest);
    if (name.empty()) return time_fault(text, "has a number without a unit");
    if (name.starts_with('.')) return time_fault(text, "has a fraction, whole numbers only");
    std::size_t unit = 0;
    while (unit < kTimes.size() && kTimes[unit].name != name) ++unit;
    if (unit == kTimes.size()) {
      return time_fault(text, "has the unknown unit " + in_quotes(name) + ", not ms, s, m, h or d");
    }
    if (unit < next)
      return time_fault(text, "has its units out of order, largest first, each once");
    next = unit + 1;
    const auto count = whole(digits);
    const auto size = static_cast<std::uint64_t>(kTimes[unit].size);
    if (!count || *count > static_cast<std::uint64_t>(kTenYears) / size) {
      return time_fault(text, "is longer than 10 years");
    }
    total += static_cast<std::int64_t>(*count * size);
    if (total > kTenYears) return time_fault(text, "is longer than 10 years");
  } while (!rest.empty());
  return milliseconds(total);
}

Parsed<double> parse_fraction(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto number = decimal(percent ? text.substr(0, text.size() - 1) : text);
  if (!number) return in_quotes(text) + " is not a share: write 20% or 0.2";
  const double value = percent ? *number / 100 : *number;
  if (value > 1) {
    return in_quotes(text) + (percent
                                  ? " is more than 100%: write a share such as 20%"
                                  : " is more than 1, the whole: with its sign it is a percentage, "
                                    "such as 20%");
  }
  return value;
}

Parsed<std::uint64_t> parse_bytes(std::string_view text) {
  std::string_view name = text;
  const std::string_view digits = take_while(name, kDigits);
  if (digits.empty()) return bytes_fault(text, "is not a number of bytes");
  if (name.starts_with('.')) return bytes_fault(text, "has a fraction, whole numbers only");
  std::uint64_t size = name.empty() ? 1 : 0;
  for (const auto& unit : kSizes) {
    if (unit.name == name) size = static_cast<std::uint64_t>(unit.size);
  }
  if (size == 0) return bytes_fault(text, "has the unknown unit " + in_quotes(name));
  const auto count = whole(digits);
  if (!count || *count > std::numeric_limits<std::uint64_t>::max() / size) {
    return bytes_fault(text, "is more than can be counted");
  }
  return *count * size;
}

Parsed<Rate> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return rate_fault(text, "does not say per what time");
  const auto count = decimal(text.substr(0, slash));
  if (!count) return rate_fault(text, "does not begin with a number");
  if (*count <= 0) return rate_fault(text, "is never");
  const std::string_view per = text.substr(slash + 1);
  if (per == "min") return Rate{*count, milliseconds(60'000)};
  for (const auto& unit : kTimes) {
    if (per == unit.name) return Rate{*count, milliseconds(unit.size)};
  }
  const auto duration = parse_duration(per);
  if (!duration) return rate_fault(text, "has no time after the slash");
  if (duration->count() == 0) return rate_fault(text, "has no time after the slash");
  return Rate{*count, *duration};
}

std::string to_string(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  // Counted without a sign, so that the smallest value has an opposite too.
  auto rest = static_cast<std::uint64_t>(duration.count());
  std::string out;
  if (duration.count() < 0) {
    rest = 0 - rest;
    out = "-";
  }
  for (const auto& unit : kTimes) {
    const auto size = static_cast<std::uint64_t>(unit.size);
    if (rest < size) continue;
    out += std::to_string(rest / size) + std::string(unit.name);
    rest %= size;
  }
  return out;
}

}  // namespace reachd
