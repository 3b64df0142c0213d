// Names as rules give them: `*` for any run of characters, case without meaning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace censor {

// ASCII only.
std::string lower_case(std::string_view text);

using Names = std::vector<std::string>;  // patterns, in lower case

// Whether one of them holds `name`, which must be in lower case.
bool hold(const Names& names, std::string_view name);

}  // namespace censor
