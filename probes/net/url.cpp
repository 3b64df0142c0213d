#include "probes/net/url.hpp"

#include <memory>

#include <curl/curl.h>
#include <boost/asio/ip/address.hpp>

#include "config/ascii.hpp"

namespace reachd::net {
namespace {

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// libcurl 7.88 leaves the text of a host behind that has no IDNA form: it is ours to free, whatever
// the result.
std::optional<std::string> part(CURLU* url, CURLUPart what, unsigned flags) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(url, what, &text, flags);
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  if (code != CURLUE_OK || text == nullptr) return std::nullopt;
  return std::string(text);
}

}  // namespace

std::optional<Place> parse_place(const std::string& url) {
  const std::unique_ptr<CURLU, UrlCloser> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  curl_url_set(parsed.get(), CURLUPART_FRAGMENT, nullptr, 0);
  const auto scheme = part(parsed.get(), CURLUPART_SCHEME, 0);
  auto host = part(parsed.get(), CURLUPART_HOST, CURLU_PUNYCODE);
  const auto port = part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto whole = part(parsed.get(), CURLUPART_URL, CURLU_PUNYCODE);
  if (!scheme || !host || host->empty() || !port || !whole) return std::nullopt;
  if (*scheme != "http" && *scheme != "https") return std::nullopt;
  *host = ascii::lower(*host);
  if (host->front() == '[' && host->back() == ']') *host = host->substr(1, host->size() - 2);
  return Place{*whole, *scheme == "http" ? Scheme::http : Scheme::https, *host,
               static_cast<std::uint16_t>(std::stoi(*port))};
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace reachd::net
