// Hands a socket that is connected already to libcurl, and has the last look at it: whatever
// happens, it is closed exactly once, by libcurl's callback or, if libcurl never asked for it,
// here.
#pragma once

#include <optional>

#include <curl/curl.h>

#include "probes/net/socket.hpp"
#include "probes/observation.hpp"

namespace reachd::steps {

// Must outlive the connection: the easy handle is cleaned up first.
class Handover {
 public:
  explicit Handover(net::Socket socket);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // Makes `easy` use the socket for its one connection, whatever its URL says. A second connection
  // (libcurl trying again by itself) is refused.
  void attach(CURL* easy);

  // Seen just before the connection was closed.
  const std::optional<TcpInfo>& tcp_info() const { return tcp_info_; }
  int socket_error() const { return socket_error_; }  // SO_ERROR, 0: none
  bool asked_twice() const { return asked_twice_; }

 private:
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_options(void* self, curl_socket_t socket, curlsocktype purpose);
  static int on_close(void* self, curl_socket_t socket);
  int close(int descriptor);

  net::Socket socket_;  // none once libcurl has it
  bool asked_twice_ = false;
  int socket_error_ = 0;
  std::optional<TcpInfo> tcp_info_;
};

}  // namespace reachd::steps
