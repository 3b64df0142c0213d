#include "daemon/web/handshake.hpp"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/write.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/ending.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);

bool is_plain_http(error_code error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace

asio::awaitable<error_code> shake_hands(SecureStream& stream) {
  auto [failure] = co_await stream.async_handshake(asio::ssl::stream_base::server, kReturn);
  co_return failure;
}

asio::awaitable<void> explain(SecureStream& stream, error_code failure) {
  if (!is_plain_http(failure)) co_return;
  Response response = json_error(HttpStatus::bad_request, "this port speaks HTTPS, not HTTP");
  response.keep_alive(false);
  response.prepare_payload();
  http::response_serializer<http::string_body> serializer(response);
  auto [error, sent] = co_await http::async_write(stream.next_layer(), serializer, kReturn);
  if (!error) co_await linger(stream.next_layer());
}

}  // namespace reachd::web
