#include "tests/lab/censor/range.hpp"

#include <algorithm>
#include <charconv>

namespace censor {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(number)
                                                                      : std::nullopt;
}

}  // namespace

std::optional<Range> parse_range(std::string_view text) {
  Range range;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto least = parse_number(text.substr(0, dash));
    const auto most = parse_number(text.substr(dash + 1));
    return least && most && *least <= *most ? std::optional(Range{*least, *most}) : std::nullopt;
  }
  const std::size_t begins = std::min(text.find_first_not_of("<>="), text.size());
  const std::string_view sign = text.substr(0, begins);
  const auto number = parse_number(text.substr(begins));
  if (!number) {
    return std::nullopt;
  }
  if (sign.empty()) {
    return Range{*number, *number};
  }
  if (sign == "<=") {
    range.most = *number;
  } else if (sign == "<" && *number > 0) {
    range.most = *number - 1;
  } else if (sign == ">=") {
    range.least = *number;
  } else if (sign == ">" && *number < range.most) {
    range.least = *number + 1;
  } else {
    return std::nullopt;
  }
  return range;
}

bool hold(const Ranges& ranges, std::uint64_t number) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return range.holds(number); });
}

}  // namespace censor
