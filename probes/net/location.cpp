#include "probes/net/location.hpp"

#include <memory>

#include <curl/curl.h>

#include "probes/net/url.hpp"

namespace reachd::net {

std::optional<std::string> resolve_location(const std::string& base, const std::string& location) {
  if (location.empty()) return std::nullopt;
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
