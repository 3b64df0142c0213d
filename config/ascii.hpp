// ASCII letters and blanks as protocols mean them, whatever the locale: bytes beyond ASCII are
// compared as they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace reachd::ascii {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text);

constexpr bool same(char a, char b) {  // but for their case
  return lower(a) == lower(b);
}
constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same);
}
constexpr bool istarts_with(std::string_view text, std::string_view start) {
  return iequals(text.substr(0, start.size()), start);
}
bool icontains(std::string_view text, std::string_view part);

// Without what stands of `blanks` at both ends. The default is isspace() of the C locale.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\n\v\f\r") {
  const std::size_t from = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(from);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace reachd::ascii
