// One client from its first byte to its last: the handshake where there is TLS, then requests in,
// answers out, in order, each within its bounds of size and time. Whatever a client does ends this
// connection at worst, never more.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "daemon/web/gate.hpp"
#include "daemon/web/handoff.hpp"

namespace reachd::web {

struct Connection {
  Connection(boost::asio::ip::tcp::socket socket, std::string of)
      : stream(std::move(socket)), client(std::move(of)) {}

  boost::beast::tcp_stream stream;
  std::string client;    // as of client_of()
  bool crowded = false;  // beyond the limit: is told so at its first request and closed
  bool idle = false;     // in a handshake or between two requests: may be closed to make room
  std::chrono::steady_clock::time_point idle_since;
};

// Completes when the connection is over. All references outlive it. `stopped` becoming true, with
// the socket closed, ends it before the handler is asked again. Another certificate at the gate
// ends it after the next answer, so that the client comes anew.
boost::asio::awaitable<void> serve(Connection& connection, const Handoff& handoff, Gate& gate,
                                   const Limits& limits, const bool& stopped);

}  // namespace reachd::web
