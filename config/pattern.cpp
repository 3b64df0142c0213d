#include "config/pattern.hpp"

#include <algorithm>
#include <charconv>

#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::size_t kLongestPattern = 512;
constexpr std::uint64_t kMostRepeats = 500;

// The upper bounds of all {n}, {n,m} multiplied: how large nested repeats can make the automaton.
std::uint64_t repeats_in(std::string_view text) {
  std::uint64_t product = 1;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string_view counts = text.substr(at + 1, text.find('}', at) - at - 1);
    const std::string_view most = counts.substr(std::min(counts.size(), counts.find(',') + 1));
    std::uint64_t count = 1;
    for (const auto part : {counts, most}) {
      std::uint64_t value = 0;
      const auto end = part.data() + part.size();
      if (std::from_chars(part.data(), end, value).ec == std::errc::result_out_of_range) {
        return kMostRepeats + 1;
      }
      count = std::max(count, value);
    }
    if (count > kMostRepeats) return count;
    product *= count;
    if (product > kMostRepeats) return product;
  }
  return product;
}

// Whether a back-reference is in it: a backslash that nothing escapes, then a digit (\0 is the zero
// byte). The library would refuse it too, but adds its digits up in an int first.
bool refers_back(std::string_view text) {
  for (std::size_t at = text.find('\\'); at != std::string_view::npos;
       at = text.find('\\', at + 2)) {
    if (at + 1 < text.size() && text[at + 1] >= '1' && text[at + 1] <= '9') return true;
  }
  return false;
}

}  // namespace

Parsed<std::regex> compile_pattern(std::string_view text) {
  if (text.size() > kLongestPattern) {
    return refused<std::regex>(in_quotes(text) + " is longer than 512 bytes");
  }
  if (repeats_in(text) > kMostRepeats) {
    return refused<std::regex>(in_quotes(text) +
                               " repeats too often: all {n} multiplied may be 500 at most");
  }
  if (refers_back(text)) {
    return refused<std::regex>(in_quotes(text) +
                               " is not a regular expression that can be used: "
                               "back-references (\\1) are not allowed");
  }
  constexpr auto kPlain = std::regex::ECMAScript | std::regex::nosubs;
  try {
    // First as it stands, so that a stray ')' cannot close the group that is put around it.
    static_cast<void>(std::regex(text.begin(), text.end(), kPlain));
    // Anything before it, in one pass: a search would begin anew at each character.
    const std::string anywhere = "[\\s\\S]*?(?:" + std::string(text) + ")";
    return std::regex(anywhere, kPlain | std::regex_constants::__polynomial);
  } catch (const std::regex_error& error) {
    return refused<std::regex>(in_quotes(text) +
                               " is not a regular expression that can be used: " + error.what());
  }
}

bool occurs(const std::regex& pattern, std::string_view text) {
  return std::regex_search(text.begin(), text.end(), pattern,
                           std::regex_constants::match_continuous);
}

}  // namespace reachd
