#include "probes/steps/handover.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "probes/steps/connect.hpp"

namespace reachd::steps {
Handover::Handover(net::Socket socket) : socket_(std::move(socket)) {}

Handover::~Handover() {
  if (socket_.descriptor() != -1) close(socket_.release());
}

void Handover::attach(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Handover::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &Handover::on_options);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Handover::on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 0L);  // it is set
}

curl_socket_t Handover::on_open(void* self, curlsocktype, curl_sockaddr*) {
  auto& handover = *static_cast<Handover*>(self);
  if (handover.socket_.descriptor() == -1) {
    handover.asked_twice_ = true;
    return CURL_SOCKET_BAD;
  }
  return handover.socket_.release();
}

int Handover::on_options(void*, curl_socket_t, curlsocktype) {
  return CURL_SOCKOPT_ALREADY_CONNECTED;
}

int Handover::on_close(void* self, curl_socket_t socket) {
  return static_cast<Handover*>(self)->close(socket);
}

int Handover::close(int descriptor) {
  tcp_info_ = tcp_info_of(descriptor);
  socklen_t size = sizeof socket_error_;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &socket_error_, &size);
  return ::close(descriptor);
}

}  // namespace reachd::steps
