// Kinds as paths ("tls.reset.sni"): which of them tell of the same thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reachd {

// "tls", "tls.reset", "tls.reset.sni".
std::vector<std::string> path_and_ancestors(std::string_view kind);

// Whether `ancestor` is the path itself or above it.
bool is_within(std::string_view path, std::string_view ancestor);

// The same layer and action: what comes behind depends on how much evidence a round had. An
// ancestor is akin to all beneath it.
bool are_akin(std::string_view one, std::string_view other);

// Whether some kind of the one is akin to some of the other. Without kinds nothing speaks against
// it.
bool may_be_same(const std::vector<std::string>& one, const std::vector<std::string>& other);

}  // namespace reachd
