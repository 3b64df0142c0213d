// Words for faults: how a value that was found is quoted, and which known word it was meant to be.
// Never lets a control character or an endless value of a file through to a terminal or a log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reachd {

// The text with control characters and broken UTF-8 as \xNN, cut after 60 bytes.
std::string printable(std::string_view text);

// The same in single quotes.
std::string in_quotes(std::string_view text);

// "a, b and c".
std::string listed(const std::vector<std::string_view>& words);

// The known word closest to `word` by edit distance (a swap of neighbours counts once), or empty if
// none is so close that it was probably meant.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

// "; did you mean 'interval'?" if one is near, else "; known here: …".
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

// The place of the first byte that is not well-formed UTF-8, or npos.
std::size_t find_broken_utf8(std::string_view text);

}  // namespace reachd
