#include "daemon/web/connection.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

#include <fmt/chrono.h>
#include <boost/beast/core/flat_buffer.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/channel.hpp"
#include "daemon/web/ending.hpp"
#include "daemon/web/exchange.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

using boost::system::error_code;
constexpr std::size_t kReadAhead = 4096;  // of a client that sends its next requests at once
constexpr std::chrono::seconds kCrowdedTime{1};

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

asio::awaitable<error_code> send(Channel& channel, const Gate& gate, Response& response,
                                 bool header_only) {
  dress(gate, response);
  if (!header_only) return write(channel, response);
  response.prepare_payload();
  return write_header(channel, response);
}

// The first piece is in the body; each of the others is made once the one before is on its way, so
// that one is there at a time.
asio::awaitable<error_code> send_in_pieces(Channel& channel, const Gate& gate, Response& response,
                                           bool header_only) {
  dress(gate, response);
  std::string piece = std::move(response.body());
  response.chunked(true);
  error_code error = co_await write_header(channel, response);
  if (header_only) co_return error;
  for (bool more = true; !error;) {
    if (!piece.empty()) error = co_await write_chunk(channel, piece);  // an empty one is the end
    if (error || !more) break;
    piece.clear();
    more = response.late_body(piece);
  }
  if (!error) error = co_await write_chunk(channel, {});
  co_return error;
}

// Waits for the first byte of a request; false if none comes.
asio::awaitable<bool> wait_for_byte(Channel& channel, Connection& connection,
                                    beast::flat_buffer& buffer) {
  const auto [error, count] = co_await channel.read_some(buffer.prepare(kReadAhead));
  buffer.commit(count);
  connection.idle = false;
  co_return !error;
}

void rest(Connection& connection) {
  connection.idle = true;
  connection.idle_since = std::chrono::steady_clock::now();
}

// Requests and answers on an open connection that began under `tls`.
asio::awaitable<void> converse(Channel& channel, const TlsContext& tls, const Service& service) {
  const auto& [connection, handoff, gate, limits, stopped] = service;
  beast::tcp_stream& lowest = channel.lowest();
  const auto request_time = service.at_most(limits.request_time);
  beast::flat_buffer buffer(limits.header_bytes + kReadAhead);
  lowest.expires_after(request_time);
  if (!co_await wait_for_byte(channel, connection, buffer)) co_return;

  while (!stopped) {
    RequestParser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    lowest.expires_after(request_time);
    const error_code error = co_await read(channel, buffer, parser);
    if (stopped) break;
    lowest.expires_after(limits.response_time);
    if (error) {
      auto response = complaint(error, "a request may not have a body");
      if (!response) break;
      response->keep_alive(false);
      if (!co_await send(channel, gate, *response, false)) co_await part(channel);
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
    const error_code unsent = more ? co_await send_in_pieces(channel, gate, response, header_only)
                                   : co_await send(channel, gate, response, header_only);
    if (unsent) break;
    if (!keep) {
      co_await part(channel);
      break;
    }
    if (buffer.size() == 0) {
      rest(connection);
      lowest.expires_after(limits.idle_time);
      if (!co_await wait_for_byte(channel, connection, buffer)) break;
    }
  }
}

}  // namespace

asio::awaitable<void> serve(Connection& connection, const Handoff& handoff, Gate& gate,
                            const Limits& limits, const bool& stopped) {
  const Service service{connection, handoff, gate, limits, stopped};
  const TlsContext tls = gate.tls();
  Channel channel(connection.stream, tls.get());
  if (tls != nullptr) {
    connection.stream.expires_after(service.at_most(limits.handshake_time));
    rest(connection);
    const error_code failure = co_await channel.shake_hands();
    connection.idle = false;
    if (failure) {
      if (stopped) co_return;
      gate.count(Refusal::tls_handshake);
      co_await explain(connection.stream, failure);
      co_return;
    }
  }
  co_await converse(channel, tls, service);
}

}  // namespace reachd::web
