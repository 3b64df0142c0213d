// The tree of a YAML text, each node with its place, as yaml-cpp's events give it.
// Never follows an alias and never grows without bound: anchors, aliases, tags, deep nesting and
// more than one document are refused, so that a small file cannot become a large value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace reachd {

struct YamlNode {
  enum class Kind : std::uint8_t { empty, scalar, list, map };
  Kind kind = Kind::empty;
  std::string text;  // scalar: the text without its quotes
  int line = 0;      // both from 1
  int column = 0;
  // list: the items; map: key, value, key, value …, in the order of the file, twins included.
  std::vector<YamlNode> children;
};

// Text of at most kLongestYaml bytes. The fault says what is wrong with the YAML as such.
inline constexpr std::size_t kLongestYaml = 4 * 1024 * 1024;
std::variant<YamlNode, Fault> parse_yaml(const std::string& text, const std::string& file);

}  // namespace reachd
