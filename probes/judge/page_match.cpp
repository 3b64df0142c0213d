#include "probes/judge/page_match.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "config/ascii.hpp"

namespace reachd {
namespace {

// web_connectivity: lengths match if the smaller is more than this share of the larger.
constexpr double kLengthsMatch = 0.7;
constexpr std::size_t kTellingWord = 5;

constexpr std::array<std::string_view, 25> kCommonHeaders{"date",
                                                          "content-type",
                                                          "server",
                                                          "cache-control",
                                                          "vary",
                                                          "set-cookie",
                                                          "location",
                                                          "expires",
                                                          "x-powered-by",
                                                          "content-encoding",
                                                          "last-modified",
                                                          "accept-ranges",
                                                          "pragma",
                                                          "x-frame-options",
                                                          "etag",
                                                          "x-content-type-options",
                                                          "age",
                                                          "via",
                                                          "p3p",
                                                          "x-xss-protection",
                                                          "content-language",
                                                          "cf-ray",
                                                          "strict-transport-security",
                                                          "link",
                                                          "x-varnish"};

using Headers = std::vector<std::pair<std::string, std::string>>;

std::set<std::string> uncommon_names(const Headers& headers) {
  std::set<std::string> names;
  for (const auto& [name, value] : headers) {
    std::string small = ascii::lower(name);
    if (std::ranges::find(kCommonHeaders, small) == kCommonHeaders.end()) {
      names.insert(std::move(small));
    }
  }
  return names;
}

std::set<std::string> telling_words(std::string_view title) {
  std::set<std::string> words;
  const std::string small = ascii::lower(title);
  std::size_t at = 0;
  while (at <= small.size()) {
    const std::size_t end = std::min(small.find(' ', at), small.size());
    if (end - at >= kTellingWord) words.insert(small.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::optional<bool> statuses_match(int ours, int theirs) {
  if (ours <= 0 || theirs <= 0) return std::nullopt;
  if (ours == theirs) return true;
  // The helper may be unwelcome where it is.
  if (theirs / 100 != 2) return std::nullopt;
  return false;
}

}  // namespace

bool is_final_status(int status) {
  return status / 100 == 2 || status / 100 == 4 || status / 100 == 5;
}

PageMatch compare_pages(const HttpSeen& ours, const HelperRequest& theirs) {
  PageMatch match;
  match.status = statuses_match(ours.status, theirs.status);
  const auto length = static_cast<std::int64_t>(std::max(ours.body_length, ours.body.size()));
  if (!ours.body_truncated && length > 0 && theirs.body_length > 0) {
    match.proportion = static_cast<double>(std::min(length, theirs.body_length)) /
                       static_cast<double>(std::max(length, theirs.body_length));
    match.body_length = match.proportion > kLengthsMatch;
  }
  const auto left = uncommon_names(ours.headers);
  const auto right = uncommon_names(theirs.headers);
  match.headers =
      std::ranges::any_of(left, [&](const std::string& name) { return right.contains(name); });
  if (!ours.title.empty() && !theirs.title.empty()) {
    match.title = telling_words(ours.title) == telling_words(theirs.title);
  }
  return match;
}

bool is_other_page(const PageMatch& match) {
  if (match.status != true) return match.status == false || match.body_length == false;
  return match.body_length != true && match.headers != true && match.title != true;
}

}  // namespace reachd
