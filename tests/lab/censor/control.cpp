#include "tests/lab/censor/control.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace censor {
namespace {

constexpr std::size_t kMostClients = 16;
constexpr std::size_t kLongestLine = 4096;

}  // namespace

ControlSocket::ControlSocket(std::string path) : path_(std::move(path)) {
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (path_.size() >= sizeof place.sun_path) {
    throw std::system_error(ENAMETOOLONG, std::generic_category(), path_);
  }
  std::copy(path_.begin(), path_.end(), place.sun_path);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink(path_.c_str());
  if (listener_ < 0 ||
      bind(listener_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
      listen(listener_, kMostClients) != 0) {
    const int error = errno;
    close(listener_);
    throw std::system_error(error, std::generic_category(), path_);
  }
}

ControlSocket::~ControlSocket() {
  for (const Client& client : clients_) {
    close(client.descriptor);
  }
  close(listener_);
  unlink(path_.c_str());
}

void ControlSocket::add_to(std::vector<pollfd>& waited) const {
  waited.push_back({listener_, POLLIN, 0});
  for (const Client& client : clients_) {
    waited.push_back({client.descriptor, POLLIN, 0});
  }
}

void ControlSocket::serve(const std::function<std::string(std::string_view)>& answer) {
  for (int fresh = 0;
       (fresh = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
    if (clients_.size() == kMostClients) {
      close(fresh);
    } else {
      clients_.push_back({fresh, {}});
    }
  }
  std::erase_if(clients_, [&](Client& client) {
    const bool done = !serve_client(client, answer);
    if (done) {
      close(client.descriptor);
    }
    return done;
  });
}

bool ControlSocket::serve_client(Client& client,
                                 const std::function<std::string(std::string_view)>& answer) {
  std::array<char, 4096> buffer{};
  ssize_t size = 0;
  while ((size = recv(client.descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
    client.unread.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::size_t end = 0; (end = client.unread.find('\n')) != std::string::npos;) {
      const std::string back = answer(std::string_view(client.unread).substr(0, end)) + "\n";
      client.unread.erase(0, end + 1);
      if (send(client.descriptor, back.data(), back.size(), MSG_DONTWAIT | MSG_NOSIGNAL) !=
          static_cast<ssize_t>(back.size())) {
        return false;
      }
    }
    if (client.unread.size() > kLongestLine) {
      return false;
    }
  }
  return size < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace censor
