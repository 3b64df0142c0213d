#include "probes/judge/server_word.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/ascii.hpp"

namespace reachd {
namespace {

// As much as an archive line keeps: judged again, it must say the same.
constexpr std::size_t kReadBody = 4096;

constexpr std::array<std::string_view, 9> kEdgeHeaders{
    "cf-ray",     "x-amz-cf-id", "x-akamai-request-id", "x-iinfo",     "x-sucuri-id",
    "x-datadome", "x-served-by", "akamai-grn",          "cf-mitigated"};
constexpr std::array<std::string_view, 4> kEdgeServers{"cloudflare", "akamaighost", "cloudfront",
                                                       "ddos-guard"};
constexpr std::array<std::string_view, 7> kChallenges{
    "captcha",       "challenge-platform", "just a moment", "attention required",
    "are you human", "unusual traffic",    "bot detection"};
constexpr std::array<std::string_view, 6> kCountries{"your country",  "your region",
                                                     "your location", "geo-restrict",
                                                     "georestrict",   "not available in your"};

template <std::size_t N>
bool says(const HttpSeen& seen, const std::array<std::string_view, N>& phrases) {
  const std::string_view body = std::string_view(seen.body).substr(0, kReadBody);
  return std::ranges::any_of(phrases, [&](std::string_view phrase) {
    return ascii::icontains(seen.title, phrase) || ascii::icontains(body, phrase);
  });
}

}  // namespace

bool bears_edge_marks(const HttpSeen& seen) {
  return std::ranges::any_of(seen.headers, [](const auto& header) {
    const auto named = [&](std::string_view name) { return ascii::iequals(header.first, name); };
    if (std::ranges::any_of(kEdgeHeaders, named)) return true;
    return ascii::iequals(header.first, "server") &&
           std::ranges::any_of(kEdgeServers, [&](std::string_view server) {
             return ascii::istarts_with(header.second, server);
           });
  });
}

std::string server_side_kind(const HttpSeen& seen) {
  if (seen.status < 400) return {};
  if (seen.status == 451) return "server_side.geoblock";
  if (seen.status == 429) return "server_side.ratelimit";
  if (seen.status == 403 || seen.status == 503) {
    if (says(seen, kCountries)) return "server_side.geoblock";
    if (says(seen, kChallenges)) return "server_side.antibot";
    if (seen.status == 403 && bears_edge_marks(seen)) return "server_side.geoblock";
  }
  return seen.status == 403 || seen.status >= 500 ? "server_side.error" : "";
}

}  // namespace reachd
