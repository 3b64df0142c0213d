#include "daemon/sample_shape.hpp"

namespace reachd {
namespace {

std::string text_of(const SampleShape::Label& label) {
  return std::string(label.first) + "=\"" + escaped(label.second) + '"';
}

}  // namespace

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  return text;
}

SampleShape::SampleShape(std::span<const FamilyHead> families, std::string_view first,
                         std::string_view last)
    : families_(families), first_(first), last_(last), lines_(families.size()) {}

SampleLine SampleShape::line(std::size_t family, Labels labels, std::string_view suffix,
                             std::string_view bound) const {
  SampleLine line{.family = family};
  line.head.append(families_[family].name).append(suffix).append("{");
  line.between = '"';
  for (const Label& label : labels) {
    if (label.first < first_) {
      line.head += text_of(label) + ",";
    } else {
      line.between += "," + text_of(label);
    }
  }
  line.head += first_ + "=\"";
  line.between += "," + last_ + "=\"";
  line.tail = '"';
  if (!bound.empty()) line.tail.append(",le=\"").append(bound).append("\"");
  line.tail += "} ";
  return line;
}

SampleShape::Place SampleShape::add(std::size_t family, Labels labels, std::string_view suffix,
                                    std::string_view bound) {
  lines_[family].emplace_back(line(family, labels, suffix, bound), size_);
  return size_++;
}

}  // namespace reachd
