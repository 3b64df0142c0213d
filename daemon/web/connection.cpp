#include "daemon/web/connection.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

#include <fmt/chrono.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/ending.hpp"
#include "daemon/web/handshake.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

using boost::system::error_code;
constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kReadAhead = 4096;  // of a client that sends its next requests at once
constexpr std::chrono::seconds kCrowdedTime{1};
constexpr std::chrono::seconds kFarewellTime{2};

// What a connection is served with, whatever it is carried by.
struct Service {
  Connection& connection;
  const Handoff& handoff;
  Gate& gate;
  const Limits& limits;
  const bool& stopped;

  std::chrono::milliseconds at_most(std::chrono::milliseconds time) const {
    return connection.crowded ? std::min<std::chrono::milliseconds>(time, kCrowdedTime) : time;
  }
};

asio::awaitable<Response> answer(const Service& service, Request& request) {
  if (service.connection.crowded) {
    service.gate.count(Refusal::crowded);
    co_return json_error(HttpStatus::service_unavailable, "too many connections");
  }
  if (request.version() >= 11 && request.count(http::field::host) != 1) {
    co_return json_error(HttpStatus::bad_request, "the request has no Host");
  }
  auto refusal = co_await service.gate.refuse(request, service.connection.client);
  if (refusal) co_return std::move(*refusal);
  co_return co_await service.handoff.ask(request);
}

void dress(const Gate& gate, Response& response) {
  gate.dress(response);
  response.set(http::field::date,
               fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
}

template <typename Stream>
asio::awaitable<bool> send(Stream& stream, const Gate& gate, Response& response, bool header_only) {
  dress(gate, response);
  response.prepare_payload();
  http::response_serializer<http::string_body> serializer(response);
  auto [error, sent] = header_only ? co_await http::async_write_header(stream, serializer, kReturn)
                                   : co_await http::async_write(stream, serializer, kReturn);
  co_return !error;
}

// The first piece is in the body; each of the others is made once the one before is on its way, so
// that one is there at a time.
template <typename Stream>
asio::awaitable<bool> send_in_pieces(Stream& stream, const Gate& gate, Response& response,
                                     bool header_only) {
  dress(gate, response);
  std::string piece = std::move(response.body());
  http::response<http::empty_body> head(std::move(response.base()));
  head.chunked(true);
  http::response_serializer<http::empty_body> serializer(head);
  auto [error, sent] = co_await http::async_write_header(stream, serializer, kReturn);
  if (error || header_only) co_return !error;
  for (bool more = true;;) {
    if (!piece.empty()) {  // an empty one would be the end
      const auto chunk = http::make_chunk(asio::buffer(piece));
      auto [failure, written] = co_await asio::async_write(stream, chunk, kReturn);
      if (failure) co_return false;
    }
    if (!more) break;
    piece.clear();
    more = response.late_body(piece);
  }
  auto [failure, written] = co_await asio::async_write(stream, http::make_chunk_last(), kReturn);
  co_return !failure;
}

// Waits for the first byte of a request; false if none comes.
template <typename Stream>
asio::awaitable<bool> wait_for_byte(Stream& stream, Connection& connection,
                                    beast::flat_buffer& buffer) {
  auto [error, read] = co_await stream.async_read_some(buffer.prepare(kReadAhead), kReturn);
  buffer.commit(read);
  connection.idle = false;
  co_return !error;
}

void rest(Connection& connection) {
  connection.idle = true;
  connection.idle_since = std::chrono::steady_clock::now();
}

asio::awaitable<void> part(beast::tcp_stream& stream) {
  co_await linger(stream);
}

asio::awaitable<void> part(SecureStream& stream) {
  stream.next_layer().expires_after(kFarewellTime);
  co_await stream.async_shutdown(kReturn);
  co_await linger(stream.next_layer());
}

// Requests and answers on an open connection that began under `tls`.
template <typename Stream>
asio::awaitable<void> converse(Stream& stream, const TlsContext& tls, const Service& service) {
  const auto& [connection, handoff, gate, limits, stopped] = service;
  beast::tcp_stream& lowest = connection.stream;
  const auto request_time = service.at_most(limits.request_time);
  beast::flat_buffer buffer(limits.header_bytes + kReadAhead);
  lowest.expires_after(request_time);
  if (!co_await wait_for_byte(stream, connection, buffer)) co_return;

  while (!stopped) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    lowest.expires_after(request_time);
    auto [error, read] = co_await http::async_read(stream, buffer, parser, kReturn);
    if (stopped) break;
    lowest.expires_after(limits.response_time);
    if (error) {
      auto response = complaint(error, "a request may not have a body");
      if (!response) break;
      response->keep_alive(false);
      if (co_await send(stream, gate, *response, false)) co_await part(stream);
      break;
    }

    Request request = parser.release();
    Response response = co_await answer(service, request);
    if (stopped) break;
    lowest.expires_after(limits.response_time);
    const bool keep = request.keep_alive() && !connection.crowded && gate.tls() == tls &&
                      response.result() != HttpStatus::bad_request;
    response.version(request.version());
    response.keep_alive(keep);
    const bool header_only = request.method() == http::verb::head;
    bool more = response.late_body && response.late_body(response.body());
    while (more && request.version() < 11) more = response.late_body(response.body());
    const bool sent = more ? co_await send_in_pieces(stream, gate, response, header_only)
                           : co_await send(stream, gate, response, header_only);
    if (!sent) break;
    if (!keep) {
      co_await part(stream);
      break;
    }
    if (buffer.size() == 0) {
      rest(connection);
      lowest.expires_after(limits.idle_time);
      if (!co_await wait_for_byte(stream, connection, buffer)) break;
    }
  }
}

}  // namespace

asio::awaitable<void> serve(Connection& connection, const Handoff& handoff, Gate& gate,
                            const Limits& limits, const bool& stopped) {
  const Service service{connection, handoff, gate, limits, stopped};
  const TlsContext tls = gate.tls();
  if (tls == nullptr) {
    co_await converse(connection.stream, tls, service);
    co_return;
  }
  SecureStream stream(connection.stream, *tls);
  connection.stream.expires_after(service.at_most(limits.handshake_time));
  rest(connection);
  const error_code failure = co_await shake_hands(stream);
  connection.idle = false;
  if (!failure) {
    co_await converse(stream, tls, service);
  } else if (!stopped) {
    gate.count(Refusal::tls_handshake);
    co_await explain(stream, failure);
  }
}

}  // namespace reachd::web
