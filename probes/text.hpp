// Bytes that claim to be text: UTF-8 read strictly, base64 for what is none,
// and their digest. Knows nothing of where
// the bytes come from and never trusts them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reachd {

// One character at the front of some bytes. `value` is empty where they are not UTF-8 (overlong,
// surrogate, cut short, beyond U+10FFFF); `size` is then 1.
struct Character {
  std::optional<char32_t> value;
  std::size_t size = 1;
};
Character first_character(std::string_view bytes);  // bytes must not be empty

bool is_utf8(std::string_view bytes);

// False of what a terminal or a page would hide, obey or turn around: controls, marks of direction,
// spaces without width, tags, private use, what is no character at all.
bool shows(char32_t character);

// Columns that a terminal gives to UTF-8 text: 2 for East Asian wide characters, 0 for marks that
// combine with the one before.
std::size_t columns(std::string_view text);

// Cuts UTF-8 text between characters so that it takes at most `width` columns, with "…" if it was
// cut.
std::string fit(std::string_view text, std::size_t width);

// Breaks UTF-8 text at spaces into lines of at most `width` columns; a longer word is cut. Never
// empty.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

std::string sha256_hex(std::string_view bytes);  // lower case

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace reachd
