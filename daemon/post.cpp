#include "daemon/post.hpp"

#include <cstddef>

#include <fmt/format.h>

#include "probes/net/curl_easy.hpp"
#include "probes/print.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kWords = 200;  // of an answer that are kept

struct Answer {
  std::string words;
};

std::size_t keep_some(char* data, std::size_t, std::size_t size, void* answer) {
  std::string& words = static_cast<Answer*>(answer)->words;
  words.append(data, std::min(size, kWords - std::min(kWords, words.size())));
  return size;
}

CURLcode trust(CURL*, void* context, void* store) {
  static_cast<const net::TrustStore*>(store)->install(static_cast<SSL_CTX*>(context));
  return CURLE_OK;
}

std::string first_line(const std::string& words) {
  return escape_for_people(words.substr(0, words.find('\n')), kWords);
}

}  // namespace

asio::awaitable<Posted> post(const net::WayOut& way, Post what) {
  const net::CurlEasy easy(curl_easy_init());
  if (!easy) co_return Posted{.trouble = "no memory"};
  CURL* const handle = easy.get();
  net::CurlList headers;
  for (const auto& [name, value] : what.headers) {
    net::append(headers, fmt::format("{}: {}", name, value).c_str());
  }
  net::append(headers, "Expect:");  // a round trip for nothing
  Answer answer;
  const net::TrustStore trusted = way.trust;  // a reload may replace the one in force
  curl_easy_setopt(handle, CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "reachd/" REACHD_VERSION);
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, what.body.data());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(what.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_some);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, trust);
  curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, &trusted);

  const CURLcode code = co_await way.curl.perform(handle);
  if (code != CURLE_OK) co_return Posted{.trouble = curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  Posted posted{.status = static_cast<int>(status)};
  curl_off_t wait = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &wait);
  if (wait > 0) posted.retry_after = std::chrono::seconds(wait);
  if (status / 100 != 2) {
    posted.trouble = fmt::format("HTTP {}: {}", status, first_line(answer.words));
  }
  co_return posted;
}

}  // namespace reachd
