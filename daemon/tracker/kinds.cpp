#include "daemon/tracker/kinds.hpp"

#include <algorithm>

namespace reachd {
namespace {

// The first two parts of a path, or what there is.
std::string_view family_of(std::string_view kind) {
  const std::size_t dot = kind.find('.');
  return dot == std::string_view::npos ? kind : kind.substr(0, kind.find('.', dot + 1));
}

}  // namespace

std::vector<std::string> path_and_ancestors(std::string_view kind) {
  std::vector<std::string> paths;
  for (std::size_t dot = kind.find('.'); dot != std::string_view::npos;
       dot = kind.find('.', dot + 1)) {
    paths.emplace_back(kind.substr(0, dot));
  }
  paths.emplace_back(kind);
  return paths;
}

bool is_within(std::string_view path, std::string_view ancestor) {
  return path.starts_with(ancestor) &&
         (path.size() == ancestor.size() || path[ancestor.size()] == '.');
}

bool are_akin(std::string_view one, std::string_view other) {
  const std::string_view a = family_of(one);
  const std::string_view b = family_of(other);
  return is_within(a, b) || is_within(b, a);
}

bool may_be_same(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  if (one.empty() || other.empty()) return true;
  return std::ranges::any_of(one, [&](const std::string& a) {
    return std::ranges::any_of(other, [&](const std::string& b) { return are_akin(a, b); });
  });
}

}  // namespace reachd
