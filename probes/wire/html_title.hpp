// Finds the title of a page that may be cut, broken or hostile. Not an HTML parser: one pass, no
// state beyond a position.
#pragma once

#include <string>
#include <string_view>

namespace reachd::wire {

// What stands between <title …> and </title>, bytes as sent, without white space around it, cut to
// 256 bytes. Empty if there is none. A title that the end of the body cuts short is taken as far as
// it goes.
std::string html_title(std::string_view body);

}  // namespace reachd::wire
