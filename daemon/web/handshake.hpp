// The beginning of a connection over TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/system/error_code.hpp>

namespace reachd::web {

using SecureStream = boost::beast::ssl_stream<boost::beast::tcp_stream&>;

// Ends by the stream's deadline at the latest.
boost::asio::awaitable<boost::system::error_code> shake_hands(SecureStream& stream);

// After a handshake that failed so: a client that speaks plain HTTP is told so, others have had
// their alert.
boost::asio::awaitable<void> explain(SecureStream& stream, boost::system::error_code failure);

}  // namespace reachd::web
