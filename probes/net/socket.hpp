// A connected socket that no library has yet: closed by whoever holds it last.
#pragma once

#include <sys/socket.h>

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

namespace reachd::net {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}  // owns it from now on
  Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int descriptor() const { return descriptor_; }  // -1: none
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

// errno as an error.
boost::system::error_code error_now();

// Opens a socket of that type (SOCK_STREAM, SOCK_DGRAM) that neither blocks nor outlives exec(),
// and sends it on its way to the peer. That a connection is not there yet is no error.
boost::system::error_code open_to(const sockaddr* peer, std::size_t size, int type, Socket& socket);

// The same for whoever talks by Asio. Throws boost::system::system_error where Asio cannot watch
// it.
boost::asio::ip::tcp::socket to_asio(const boost::asio::any_io_executor& executor, Socket socket);

// And back: nothing may be under way on it.
Socket from_asio(boost::asio::ip::tcp::socket socket);

}  // namespace reachd::net
