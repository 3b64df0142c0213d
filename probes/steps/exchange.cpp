#include "probes/steps/exchange.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/ascii.hpp"
#include "probes/text.hpp"
#include "probes/wire/html_title.hpp"

namespace reachd::steps {
namespace {

constexpr std::size_t kHeaderBytes = 64 * 1024;  // of all headers of an answer together
constexpr std::size_t kHeaders = 100;            // that are kept; more are read and dropped
constexpr std::size_t kUsualHeaders = 8;         // of an answer, of a request: room from the start
constexpr std::size_t kUsualRequest = 4;
constexpr std::size_t kRequestBytes = 64 * 1024;  // of our own request that are noted
// libcurl's, which adds a byte, for as long as a transfer waits. OpenSSL has a buffer of its own.
constexpr long kReadBuffer = 4095;
constexpr long kTlsReadBuffer = 1024;
constexpr long kWriteBuffer = 16 * 1024;  // the least that libcurl takes
constexpr std::size_t kCookies = 64;
constexpr std::size_t kCookieBytes = 4096;

// What a common browser sends. A censor must not be able to tell us by our words.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kDefaults{{
    {"User-Agent",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/142.0.0.0 Safari/537.36"},
    {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"Accept-Language", "en-US,en;q=0.9"},
}};

using Header = std::pair<std::string, std::string>;

Header split_header(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const auto value = ascii::trimmed(line.substr(std::min(colon + 1, line.size())));
  return {std::string(line.substr(0, colon)), std::string(value)};
}

// A line break inside a header would be a second header; NUL would end it.
bool is_sendable(const Header& header) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  return !header.first.empty() && header.first.find_first_of(kBreaks) == std::string::npos &&
         header.second.find_first_of(kBreaks) == std::string::npos;
}

void append(net::CurlList& list, std::string_view name, std::string_view value) {
  std::string line(name);
  line += value.empty() ? ";" : ": ";  // libcurl's way to send a header without a value
  line += value;
  net::append(list, line.c_str());
}

// The defaults that none of these replaces, and these.
void append_all(net::CurlList& list, const std::vector<Header>& headers) {
  for (const auto& [name, value] : kDefaults) {
    const bool replaced = std::ranges::any_of(
        headers, [&](const Header& header) { return ascii::iequals(header.first, name); });
    if (!replaced) append(list, name, value);
  }
  for (const Header& header : headers) {
    if (is_sendable(header)) append(list, header.first, header.second);
  }
}

// One list for all who ask for nothing else; libcurl only reads it.
curl_slist* default_headers() {
  static const net::CurlList list = [] {
    net::CurlList made;
    append_all(made, {});
    return made;
  }();
  return list.get();
}

Micros micros(CURL* easy, CURLINFO which) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, which, &value);
  return Micros(value);
}

std::string version_of(CURL* easy) {
  long version = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "HTTP/1.0";
    case CURL_HTTP_VERSION_1_1:
      return "HTTP/1.1";
    case CURL_HTTP_VERSION_2_0:
      return "HTTP/2";
    default:
      return "";
  }
}

// Host and port of the URL as they stand there.
std::string authority_of(const std::string& url) {
  const std::size_t from = url.find("://") + 3;
  std::string authority = url.substr(from, url.find_first_of("/?#", from) - from);
  authority.erase(0, authority.find('@') + 1);
  return authority;
}

// What SNI asks for and the certificate must prove: the URL's host, without port and brackets.
std::string host_of(const std::string& url) {
  const std::string host = authority_of(url);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

// The same URL at another host; libcurl puts the URL's host into the ClientHello.
std::string at_host(const std::string& url, const std::string& host) {
  const std::string authority = authority_of(url);
  const std::size_t port = authority.rfind(':');
  const bool has_port = port != authority.npos && !authority.ends_with(']');
  const std::size_t from = url.find("://") + 3;
  return url.substr(0, from) + host + (has_port ? authority.substr(port) : "") +
         url.substr(std::min(url.find_first_of("/?#", from), url.size()));
}

bool may_be_html(const std::vector<Header>& headers) {
  const auto type = std::ranges::find_if(
      headers, [](const Header& header) { return ascii::iequals(header.first, "content-type"); });
  return type == headers.end() || ascii::icontains(type->second, "html");
}

}  // namespace

Exchange::Exchange(const net::TrustStore& trust, const Endpoint& peer, net::Socket socket,
                   HttpOptions options)
    : trust_(trust),
      options_(std::move(options)),
      handover_(std::move(socket)),
      easy_(curl_easy_init()) {
  seen_.url = options_.url;
  seen_.method = options_.method;
  seen_.request_headers.reserve(kUsualRequest);
  seen_.headers.reserve(kUsualHeaders);
  if (!easy_) return;
  set_request();
  set_connection(peer);
  if (options_.url.starts_with("https:")) set_tls();
}

void Exchange::set_request() {
  CURL* const easy = easy_.get();
  const bool innocent = !options_.innocent.empty();
  const std::string url = innocent ? at_host(options_.url, options_.innocent) : options_.url;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  if (innocent) append(headers_, "Host", authority_of(options_.url));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  if (options_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (options_.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(options_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, options_.body.data());  // not copied
  } else if (options_.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, options_.method.c_str());
  }

  // No encoding is asked for: a body is hashed as sent, and nothing small can unpack into much.
  const bool plain = !innocent && options_.headers.empty();
  if (!plain) append_all(headers_, options_.headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, plain ? default_headers() : headers_.get());
  curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");  // keeps a jar, reads no file
  for (const std::string& line : options_.cookies) {
    curl_easy_setopt(easy, CURLOPT_COOKIELIST, line.c_str());
  }

  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &Exchange::on_debug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_);
  const bool tls = options_.url.starts_with("https:");
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, tls ? kTlsReadBuffer : kReadBuffer);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kWriteBuffer);
}

// One connection, the one we made: no proxy of the environment's, no lookup, no second try, no
// reuse.
void Exchange::set_connection(const Endpoint& peer) {
  CURL* const easy = easy_.get();
  Endpoint bare = peer;
  bare.address.resize(std::min(bare.address.find('%'), bare.address.size()));
  net::append(connect_to_, ("::" + to_string(bare)).c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  handover_.attach(easy);
}

void Exchange::set_tls() {
  CURL* const easy = easy_.get();
  const bool innocent = !options_.innocent.empty();
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, innocent ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, innocent ? 0L : 2L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  // Else libcurl keeps the first store that it meets for a day, whatever is installed later.
  curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &Exchange::on_context);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

CURLcode Exchange::on_context(CURL*, void* context, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  auto* const ssl = static_cast<SSL_CTX*>(context);
  exchange.trust_.install(ssl);
  const std::string& innocent = exchange.options_.innocent;
  exchange.watch_.attach(ssl, innocent.empty() ? host_of(exchange.options_.url) : innocent);
  if (!innocent.empty()) SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  return CURLE_OK;
}

int Exchange::on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  if (type == CURLINFO_HEADER_OUT) {
    static_cast<Exchange*>(self)->note_request(std::string_view(data, size));
  }
  return 0;
}

// Comes in one piece unless the socket could not take it all; the first piece holds the headers.
void Exchange::note_request(std::string_view text) {
  if (requested()) return;
  request_sent_ = Clock::now();
  text = text.substr(0, kRequestBytes);
  std::size_t end = text.find("\r\n");  // of the request line
  while (end != text.npos) {
    text.remove_prefix(end + 2);
    end = text.find("\r\n");
    if (end == 0) break;
    if (end != text.npos) seen_.request_headers.push_back(split_header(text.substr(0, end)));
  }
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::string_view line(data, size * count);
  return static_cast<Exchange*>(self)->note_header(line) ? line.size() : 0;
}

// Lines of the answer's head, of interim answers before it (forgotten again), of trailers after the
// body (counted, not kept).
bool Exchange::note_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderBytes) {
    header_too_large_ = true;
    return false;
  }
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (!header_open_ && line.starts_with("HTTP/")) {
    header_open_ = true;
    header_complete_ = false;
    seen_.headers.clear();
  } else if (header_open_ && line.empty()) {
    header_open_ = false;
    header_complete_ = true;
  } else if (header_open_ && seen_.headers.size() < kHeaders) {
    const bool folded = (line.front() == ' ' || line.front() == '\t') && !seen_.headers.empty();
    if (folded) {
      seen_.headers.back().second.append(" ").append(ascii::trimmed(line));
    } else {
      seen_.headers.push_back(split_header(line));
    }
  }
  return true;
}

// Stops the transfer, by taking less than was offered, once the body is as long as we read bodies.
std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  const std::size_t offered = size * count;
  const std::size_t room = exchange.options_.body_limit - exchange.seen_.body.size();
  exchange.seen_.body.append(data, std::min(room, offered));
  exchange.last_byte_ = Clock::now();
  exchange.seen_.body_truncated = offered > room;
  return offered > room ? 0 : offered;
}

bool Exchange::secured() const {
  return micros(easy(), CURLINFO_APPCONNECT_TIME_T) > Micros(0);
}

// libcurl takes the peer's FIN for a first byte, and the kernel counts it as one. Without TLS any
// other byte is the answer's; under it only a line of the answer proves one.
bool Exchange::answer_began() const {
  const auto& info = handover_.tcp_info();
  const bool plain = !options_.url.starts_with("https:");
  return header_bytes_ > 0 || (plain && info && info->bytes_received > 1);
}

HttpSeen Exchange::take_seen(Clock::time_point ended) {
  seen_.request_headers.shrink_to_fit();  // a target keeps its latest answer
  seen_.headers.shrink_to_fit();
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  seen_.status = static_cast<int>(status);
  if (status != 0) seen_.version = version_of(easy());
  if (may_be_html(seen_.headers)) seen_.title = wire::html_title(seen_.body);
  seen_.body_sha256 = sha256_hex(seen_.body);
  seen_.body_length = seen_.body.size();

  // Two stamps of libcurl's own clock; ours has the beginning and the end.
  const Micros before = micros(easy(), CURLINFO_PRETRANSFER_TIME_T);
  const Micros answered = micros(easy(), CURLINFO_STARTTRANSFER_TIME_T);
  if (requested() && answered > before && answer_began()) {
    const auto whole = std::chrono::duration_cast<Micros>(ended - request_sent_);
    seen_.first_byte = std::min(answered - before, whole);
    seen_.transfer = whole - seen_.first_byte;
    if (seen_.body.size() >= 1024 && seen_.transfer >= std::chrono::milliseconds(1)) {
      const std::chrono::duration<double> seconds = seen_.transfer;
      seen_.bytes_per_second = static_cast<double>(seen_.body.size()) / seconds.count();
    }
  }
  return std::move(seen_);
}

std::vector<std::string> Exchange::cookies() const {
  std::vector<std::string> jar;
  curl_slist* lines = nullptr;
  if (curl_easy_getinfo(easy(), CURLINFO_COOKIELIST, &lines) != CURLE_OK) return jar;
  const net::CurlList owner(lines);
  for (const curl_slist* line = lines; line != nullptr && jar.size() < kCookies;
       line = line->next) {
    const std::string_view text(line->data);
    if (text.size() <= kCookieBytes) jar.emplace_back(text);
  }
  return jar;
}

}  // namespace reachd::steps
