// The beginning of a connection over TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace reachd::web {

using SecureStream = boost::beast::ssl_stream<boost::beast::tcp_stream&>;

// False if it failed; a client that speaks plain HTTP is told so. Ends by the stream's deadline.
boost::asio::awaitable<bool> shake_hands(SecureStream& stream);

}  // namespace reachd::web
