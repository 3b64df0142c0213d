// Bounds of whole numbers, as rules write them: 3, "<=3", ">16384", "3-8".
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace censor {

struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  bool holds(std::uint64_t number) const { return least <= number && number <= most; }
};

std::optional<Range> parse_range(std::string_view text);

using Ranges = std::vector<Range>;
bool hold(const Ranges& ranges, std::uint64_t number);

}  // namespace censor
