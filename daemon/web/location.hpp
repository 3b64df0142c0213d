// What a request names: a path and the parameters after it. Never trusts either.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reachd::web {

using Query = std::vector<std::pair<std::string, std::string>>;  // decoded, in order

struct Location {
  std::string path;  // still percent-encoded, starts with a slash
  Query query;
};

// From the target of a request, in origin form ("/a?b=c") or absolute form; nullopt if it is
// neither.
std::optional<Location> parse_location(std::string_view request_target);

// Service and target out of "gmail/web": the first bare slash parts them, further ones belong to
// the target, whose name may be a URL. nullopt if a part is missing or no percent-encoding.
struct TargetName {
  std::string service;
  std::string target;
};
std::optional<TargetName> parse_target_name(std::string_view encoded);
std::string target_path(std::string_view service, std::string_view target);  // the inverse

}  // namespace reachd::web
