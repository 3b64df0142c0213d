#include "probes/net/location.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <curl/curl.h>

#include "probes/net/curl_global.hpp"
#include "probes/net/url.hpp"

namespace reachd::net {
namespace {

// "https:///path" and the like, where libcurl, as browsers do, would take the path for the host.
// Those who forge answers write them, and what was written has no host.
bool lacks_host(std::string_view location) {
  const std::size_t colon = std::min(location.find_first_of(":/?#"), location.size());
  if (location.substr(colon, 1) == ":") location.remove_prefix(colon + 1);
  if (!location.starts_with("//")) return false;
  location.remove_prefix(2);
  return location.empty() || location.find_first_of("/?#") == 0;
}

}  // namespace

std::optional<std::string> resolve_location(const std::string& base, const std::string& location) {
  prepare_curl();
  if (location.empty() || lacks_host(location)) return std::nullopt;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  constexpr unsigned kLenient = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
  if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), kLenient) != CURLUE_OK) {
    return std::nullopt;
  }
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::string absolute(text);
  curl_free(text);
  auto place = parse_place(absolute);
  if (!place) return std::nullopt;
  return std::move(place->url);
}

}  // namespace reachd::net
