#include "daemon/web/ending.hpp"

#include <array>
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>

#include "daemon/web/answer.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

constexpr std::size_t kLingerBytes = 1024 * 1024;  // thrown away before a refused client is closed
constexpr std::chrono::seconds kLingerTime{2};

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

}  // namespace reachd::web
