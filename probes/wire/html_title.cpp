#include "probes/wire/html_title.hpp"

#include <algorithm>

#include "config/ascii.hpp"

namespace reachd::wire {
namespace {

constexpr std::size_t kMostBytes = 256;
constexpr std::string_view kSpace = " \t\r\n\f";

// Where `tag` (lower case) begins at or after `from`, whatever the case of the text; npos if
// nowhere.
std::size_t find_tag(std::string_view text, std::string_view tag, std::size_t from) {
  for (std::size_t at = text.find('<', from); at != text.npos; at = text.find('<', at + 1)) {
    if (ascii::istarts_with(text.substr(at), tag)) return at;
  }
  return text.npos;
}

}  // namespace

std::string html_title(std::string_view body) {
  constexpr std::string_view kOpen = "<title";
  for (std::size_t at = find_tag(body, kOpen, 0); at != body.npos;
       at = find_tag(body, kOpen, at + 1)) {
    std::string_view rest = body.substr(at + kOpen.size());
    if (rest.empty() || (rest.front() != '>' && kSpace.find(rest.front()) == kSpace.npos)) continue;
    const std::size_t opened = rest.find('>');
    if (opened == rest.npos) return {};
    rest.remove_prefix(opened + 1);
    std::string_view title = rest.substr(0, find_tag(rest, "</title", 0));
    const std::size_t first = title.find_first_not_of(kSpace);
    if (first == title.npos) return {};
    title.remove_prefix(first);
    title = title.substr(0, kMostBytes);
    return std::string(title.substr(0, title.find_last_not_of(kSpace) + 1));
  }
  return {};
}

}  // namespace reachd::wire
