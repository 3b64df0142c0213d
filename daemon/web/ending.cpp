#include "daemon/web/ending.hpp"

#include <array>
#include <chrono>

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/exchange.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

constexpr std::size_t kLingerBytes = 1024 * 1024;  // thrown away before a refused client is closed
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::chrono::seconds kFarewellTime{2};

bool is_plain_http(error_code error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

asio::awaitable<void> linger(beast::tcp_stream& stream) {
  error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  stream.expires_after(kLingerTime);
  std::array<char, 4096> rest;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto [error, read] =
        co_await stream.async_read_some(asio::buffer(rest), asio::as_tuple(asio::use_awaitable));
    if (error) break;
    total += read;
  }
}

}  // namespace

std::optional<Response> complaint(error_code error, std::string_view too_large) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return json_error(HttpStatus::request_header_fields_too_large, "the header is too large");
  }
  if (error == http::error::body_limit) {
    return json_error(HttpStatus::payload_too_large, too_large);
  }
  const error_code end = http::error::end_of_stream;
  const bool malformed =
      error.category() == end.category() && error != end && error != http::error::partial_message;
  if (malformed) return json_error(HttpStatus::bad_request, "the request is not HTTP/1.1");
  return std::nullopt;
}

asio::awaitable<void> explain(beast::tcp_stream& stream, error_code failure) {
  if (!is_plain_http(failure)) co_return;
  Response response = json_error(HttpStatus::bad_request, "this port speaks HTTPS, not HTTP");
  response.keep_alive(false);
  Channel plain(stream, nullptr);
  if (!co_await write(plain, response)) co_await linger(stream);
}

asio::awaitable<void> part(Channel& channel) {
  channel.lowest().expires_after(kFarewellTime);
  co_await channel.shut_down();
  co_await linger(channel.lowest());
}

}  // namespace reachd::web
