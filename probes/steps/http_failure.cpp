#include "probes/steps/http_failure.hpp"

#include <algorithm>
#include <string>

namespace reachd::steps {
namespace {

constexpr std::size_t kTextBytes = 200;
constexpr std::string_view kMalformed = "malformed HTTP response";

// The errno of the socket call that failed, or what the kernel still held when the socket was
// closed.
int socket_error(const Exchange& exchange) {
  long error = 0;
  curl_easy_getinfo(exchange.easy(), CURLINFO_OS_ERRNO, &error);
  return error != 0 ? static_cast<int>(error) : exchange.handover().socket_error();
}

bool says(const Exchange& exchange, std::string_view words) {
  return exchange.error_text().find(words) != std::string::npos;
}

// A TLS connection ended with a FIN alone: OpenSSL 3 has words for it, unless the library around it
// swallowed them and reports a system call that failed without an error.
bool ended_early(const Exchange& exchange) {
  return says(exchange, "unexpected eof") ||
         (says(exchange, "SSL_ERROR_SYSCALL") && socket_error(exchange) == 0);
}

// "error:0A00010B:SSL routines::wrong version number" without what only OpenSSL's authors need.
std::string openssl_reason(std::string text) {
  if (const std::size_t at = text.find("routines::"); at != std::string::npos) {
    text.erase(0, at + std::string_view("routines::").size());
  }
  return text.substr(0, text.find(", errno"));
}

Failure unknown(std::string_view text) {
  return {Word::unknown_failure, one_line(text)};
}

std::string words(const Exchange& exchange, CURLcode code) {
  return exchange.error_text().empty() ? curl_easy_strerror(code) : exchange.error_text();
}

// The connection broke under the exchange. An end that libcurl read comes before any errno: the
// goodbye that it then wrote may have met a reset, which would hide the end.
Failure connection_failure(const Exchange& exchange, CURLcode code) {
  if (code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE || ended_early(exchange)) {
    return {Word::eof_error, {}};
  }
  if (const int error = socket_error(exchange); error != 0) return failure_from_errno(error);
  const TlsSeen& tls = exchange.watch().seen();
  if (tls.alert > 0 && tls.alert_received) {
    return unknown("tls: " + openssl_reason(exchange.error_text()));
  }
  return unknown(words(exchange, code));
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, kTextBytes));
  std::ranges::replace_if(line, [](char c) { return c < ' ' || c > '~'; }, ' ');
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

Failure handshake_failure(const Exchange& exchange, const Ending& ending) {
  if (ending.cancelled) return {Word::reachd_cancelled, {}};
  if (ending.code == CURLE_OUT_OF_MEMORY) return {Word::reachd_no_memory, {}};
  if (ending.code == CURLE_URL_MALFORMAT || ending.code == CURLE_FAILED_INIT) {
    return {Word::reachd_internal, curl_easy_strerror(ending.code)};
  }
  return net::tls_failure(exchange.watch(), socket_error(exchange), ended_early(exchange),
                          ending.late, one_line(openssl_reason(exchange.error_text())));
}

std::optional<Failure> answer_failure(const Exchange& exchange, const Ending& ending) {
  if (ending.cancelled) return Failure{Word::reachd_cancelled, {}};
  if (ending.late) return Failure{Word::generic_timeout_error, {}};
  if (exchange.body_full()) return std::nullopt;
  if (exchange.header_too_large()) return unknown("response headers too large");
  switch (ending.code) {
    case CURLE_OK:  // libcurl's word also for headers that the end of the connection cut short
      if (!exchange.header_complete()) return Failure{Word::eof_error, {}};
      return std::nullopt;
    case CURLE_OPERATION_TIMEDOUT:
      return Failure{Word::generic_timeout_error, {}};
    case CURLE_RECV_ERROR:
      if (says(exchange, "chunked-encoding")) return unknown(kMalformed);
      return connection_failure(exchange, ending.code);
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return connection_failure(exchange, ending.code);
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      if (socket_error(exchange) != 0) return connection_failure(exchange, ending.code);
      return unknown(words(exchange, ending.code));
    case CURLE_COULDNT_CONNECT:
      // libcurl wanted to try again by itself, as it does after REFUSED_STREAM.
      if (exchange.handover().asked_twice()) return unknown("HTTP/2 stream refused");
      return connection_failure(exchange, ending.code);  // it broke before libcurl had it
    case CURLE_UNSUPPORTED_PROTOCOL:                     // HTTP/0.9: no status line at all
    case CURLE_WEIRD_SERVER_REPLY:
      return unknown(kMalformed);
    case CURLE_OUT_OF_MEMORY:  // also libcurl's word for a line of headers beyond its own bound
      if (exchange.requested() && !exchange.header_complete()) {
        return unknown("response headers too large");
      }
      return Failure{Word::reachd_no_memory, {}};
    case CURLE_URL_MALFORMAT:
    case CURLE_FAILED_INIT:
    case CURLE_ABORTED_BY_CALLBACK:
      return Failure{Word::reachd_internal, curl_easy_strerror(ending.code)};
    default:
      return unknown(curl_easy_strerror(ending.code));
  }
}

}  // namespace reachd::steps
