// A client's bytes, in and out, whether TLS carries them or not. Not a template, so that what Asio
// and Beast make of each kind of stream is compiled once: it is megabytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/system/error_code.hpp>

namespace reachd::web {

class Channel {
 public:
  // Plain if `tls` is null. Both outlive the channel. What it does ends by the stream's deadline.
  Channel(boost::beast::tcp_stream& stream, boost::asio::ssl::context* tls);

  // As a server. A plain channel has nothing to do.
  boost::asio::awaitable<boost::system::error_code> shake_hands();

  struct Read {
    boost::system::error_code error;
    std::size_t count = 0;  // at least one if there is no error
  };
  boost::asio::awaitable<Read> read_some(boost::asio::mutable_buffer into);

  // All of them, one after the other.
  boost::asio::awaitable<boost::system::error_code> write(
      std::span<const boost::asio::const_buffer> buffers);

  // Tells the client that nothing more comes, as TLS does it. A plain channel has nothing to do.
  boost::asio::awaitable<void> shut_down();

  boost::beast::tcp_stream& lowest() { return stream_; }

 private:
  boost::beast::tcp_stream& stream_;
  std::optional<boost::beast::ssl_stream<boost::beast::tcp_stream&>> secured_;
};

}  // namespace reachd::web
