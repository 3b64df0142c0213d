// A connected socket that no library has yet: closed by whoever holds it last.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

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

// The same for whoever talks by Asio. Throws boost::system::system_error where Asio cannot watch
// it.
boost::asio::ip::tcp::socket to_asio(const boost::asio::any_io_executor& executor, Socket socket);

// And back: nothing may be under way on it.
Socket from_asio(boost::asio::ip::tcp::socket socket);

}  // namespace reachd::net
