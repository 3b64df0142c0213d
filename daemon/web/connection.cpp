#include "daemon/web/connection.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

#include <fmt/chrono.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/ending.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

using boost::system::error_code;
constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kReadAhead = 4096;  // of a client that sends its next requests at once
constexpr std::chrono::seconds kCrowdedTime{1};

asio::awaitable<Response> answer(const Handoff& handoff, const Request& request) {
  if (request.version() >= 11 && request.count(http::field::host) != 1) {
    co_return json_error(HttpStatus::bad_request, "the request has no Host");
  }
  co_return co_await handoff.ask(request);
}

asio::awaitable<bool> send(beast::tcp_stream& stream, Response& response, bool header_only) {
  response.set(http::field::date,
               fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
  response.prepare_payload();
  http::response_serializer<http::string_body> serializer(response);
  auto [error, sent] = header_only ? co_await http::async_write_header(stream, serializer, kReturn)
                                   : co_await http::async_write(stream, serializer, kReturn);
  co_return !error;
}

// Waits for the first byte of a request; false if none comes.
asio::awaitable<bool> wait_for_byte(Connection& connection, beast::flat_buffer& buffer) {
  auto [error, read] =
      co_await connection.stream.async_read_some(buffer.prepare(kReadAhead), kReturn);
  buffer.commit(read);
  connection.idle = false;
  co_return !error;
}

}  // namespace

asio::awaitable<void> serve(Connection& connection, const Handoff& handoff, const Limits& limits,
                            std::string& spare, const bool& stopped) {
  beast::tcp_stream& stream = connection.stream;
  const auto request_time =
      connection.crowded ? std::min<std::chrono::milliseconds>(limits.request_time, kCrowdedTime)
                         : limits.request_time;
  beast::flat_buffer buffer(limits.header_bytes + kReadAhead);
  stream.expires_after(request_time);
  if (!co_await wait_for_byte(connection, buffer)) co_return;

  while (!stopped) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    stream.expires_after(request_time);
    auto [error, read] = co_await http::async_read(stream, buffer, parser, kReturn);
    if (stopped) break;
    stream.expires_after(limits.response_time);
    if (error) {
      auto response = complaint(error, "a request may not have a body");
      if (!response) break;
      response->keep_alive(false);
      if (co_await send(stream, *response, false)) co_await linger(stream);
      break;
    }

    const Request request = parser.release();
    Response response = connection.crowded
                            ? json_error(HttpStatus::service_unavailable, "too many connections")
                            : co_await answer(handoff, request);
    if (stopped) break;
    stream.expires_after(limits.response_time);
    const bool keep =
        request.keep_alive() && !connection.crowded && response.result() != HttpStatus::bad_request;
    response.version(request.version());
    response.keep_alive(keep);
    const bool header_only = request.method() == http::verb::head;
    if (response.late_body) {
      response.body().swap(spare);
      response.late_body(response.body());
    }
    const bool sent = co_await send(stream, response, header_only);
    if (response.late_body) spare.swap(response.body());
    if (!sent) break;
    if (!keep) {
      co_await linger(stream);
      break;
    }
    if (buffer.size() == 0) {
      connection.idle = true;
      connection.idle_since = std::chrono::steady_clock::now();
      stream.expires_after(limits.idle_time);
      if (!co_await wait_for_byte(connection, buffer)) break;
    }
  }
}

}  // namespace reachd::web
