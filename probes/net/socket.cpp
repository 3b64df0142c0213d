#include "probes/net/socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

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
