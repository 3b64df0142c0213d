#include "probes/net/socket.hpp"

#include <unistd.h>

#include <cerrno>

namespace reachd::net {
namespace asio = boost::asio;
using asio::ip::tcp;

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket::~Socket() {
  if (descriptor_ != -1) ::close(descriptor_);
}

boost::system::error_code error_now() {
  return {errno, boost::system::system_category()};
}

boost::system::error_code open_to(const sockaddr* peer, std::size_t size, int type,
                                  Socket& socket) {
  socket = Socket(::socket(peer->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0) return error_now();
  const int done = ::connect(socket.descriptor(), peer, static_cast<socklen_t>(size));
  return done == 0 || errno == EINPROGRESS ? boost::system::error_code{} : error_now();
}

tcp::socket to_asio(const asio::any_io_executor& executor, Socket socket) {
  int family = AF_INET;
  socklen_t size = sizeof family;
  ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_DOMAIN, &family, &size);
  tcp::socket taken(executor);
  taken.assign(family == AF_INET6 ? tcp::v6() : tcp::v4(), socket.descriptor());
  socket.release();
  taken.non_blocking(true);
  return taken;
}

Socket from_asio(tcp::socket socket) {
  return Socket(socket.release());
}

}  // namespace reachd::net
