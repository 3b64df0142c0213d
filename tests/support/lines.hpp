// The lines of a file, packed or not; throws if it cannot be read to its end.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/line_reader.hpp"

namespace reachd::test {

inline std::vector<std::string> lines_in(const std::string& path) {
  auto source = open_source(path);
  if (!source) throw std::runtime_error(source.error());
  LineReader reader(std::move(*source));
  std::vector<std::string> lines;
  std::string_view line;
  while (true) {
    const auto more = reader.next(line);
    if (!more) throw std::runtime_error(more.error());
    if (!*more) return lines;
    lines.emplace_back(line);
  }
}

}  // namespace reachd::test
