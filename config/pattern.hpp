// Regular expressions that an operator wrote, searched in what a stranger sent.
// Never with a stack or a time that the stranger decides: the engine is the one that does not go
// back (time and memory grow with the text, not with its square), so there are no back-references.
#pragma once

#include <regex>
#include <string>
#include <string_view>

#include "config/units.hpp"

namespace reachd {

// ECMAScript, at most 512 bytes; counted repeats ({2,5}) may multiply to 500 at most.
Parsed<std::regex> compile_pattern(std::string_view text);

// Whether the pattern occurs anywhere in the text. Only for what compile_pattern made.
bool occurs(const std::regex& pattern, std::string_view text);

}  // namespace reachd
