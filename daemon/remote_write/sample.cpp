#include "daemon/remote_write/sample.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>

namespace reachd::remote_write {
namespace {

// Takes the value of a label up to its quote, which is taken as well.
bool take_value(std::string_view& rest, std::string& scratch, std::string_view& value) {
  const std::size_t plain = rest.find_first_of("\"\\");
  if (plain == std::string_view::npos) return false;
  if (rest[plain] == '"') {
    value = rest.substr(0, plain);
    rest.remove_prefix(plain + 1);
    return true;
  }
  const std::size_t begin = scratch.size();
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      value = std::string_view(scratch).substr(begin);
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\') {
      if (++i == rest.size()) return false;
      scratch += rest[i] == 'n' ? '\n' : rest[i];
    } else {
      scratch += rest[i];
    }
  }
  return false;
}

bool take_labels(std::string_view& rest, Sample& sample, std::string& scratch) {
  while (!rest.starts_with('}')) {
    const std::size_t equals = rest.find("=\"");
    if (equals == std::string_view::npos) return false;
    Label label{rest.substr(0, equals), {}};
    rest.remove_prefix(equals + 2);
    if (!take_value(rest, scratch, label.value)) return false;
    // To remote write an empty label is one that is not there.
    if (!label.value.empty()) sample.labels.push_back(label);
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  rest.remove_prefix(1);
  return true;
}

bool take_number(std::string_view text, double& value) {
  if (text == "Nan" || text == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  if (text == "+Inf") {
    value = std::numeric_limits<double>::infinity();
    return true;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string_view series_of(std::string_view line) {
  if (line.empty() || line.front() == '#') return {};
  return line.substr(0, std::min(line.rfind(' '), line.size()));
}

bool read_sample(std::string_view line, Sample& sample, std::string& scratch) {
  sample.labels.clear();
  scratch.clear();
  scratch.reserve(line.size());  // so that what looks into it stays
  const std::size_t name_end = line.find_first_of("{ ");
  if (name_end == 0 || name_end == std::string_view::npos || line.front() == '#') return false;
  sample.labels.push_back({"__name__", line.substr(0, name_end)});
  std::string_view rest = line.substr(name_end);
  if (rest.front() == '{') {
    rest.remove_prefix(1);
    if (!take_labels(rest, sample, scratch)) return false;
  }
  if (!rest.starts_with(' ')) return false;
  std::ranges::sort(sample.labels);
  return take_number(rest.substr(1), sample.value);
}

double stale_marker() {
  return std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});
}

}  // namespace reachd::remote_write
