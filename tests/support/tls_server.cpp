#include "tests/support/tls_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <openssl/bio.h>

namespace reachd::test {
namespace {

int listen_on_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 ||
      ::bind(listener, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
      ::listen(listener, 16) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  return listener;
}

std::uint16_t port_of(int listener) {
  sockaddr_in here{};
  socklen_t size = sizeof here;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size);
  return ntohs(here.sin_port);
}

// OpenSSL writes with write(), which would end the test with a signal where the client has gone.
void block_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

bool Peer::secure(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), socket_);
  return SSL_accept(ssl_.get()) == 1;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

long Peer::read_some(char* data, std::size_t size) {
  return ssl_ ? SSL_read(ssl_.get(), data, static_cast<int>(size)) : ::recv(socket_, data, size, 0);
}

bool Peer::expect(std::string_view text) {
  std::array<char, 4096> chunk;
  for (;;) {
    if (const auto at = received_.find(text, used_); at != std::string::npos) {
      used_ = at + text.size();
      return true;
    }
    const long read = read_some(chunk.data(), chunk.size());
    if (read <= 0) return false;
    received_.append(chunk.data(), static_cast<std::size_t>(read));
  }
}

std::string Peer::read_client_hello() {
  constexpr std::size_t kHeader = 5;  // type, version, version, length, length
  std::string record(kHeader, '\0');
  if (::recv(socket_, record.data(), kHeader, MSG_WAITALL) != kHeader) return {};
  const std::size_t size = static_cast<unsigned char>(record[3]) * std::size_t{256} +
                           static_cast<unsigned char>(record[4]);
  record.resize(kHeader + size);
  ::recv(socket_, record.data() + kHeader, size, MSG_WAITALL);
  return record;
}

void Peer::send_alert(int number) {
  const std::string record{'\x15', '\x03', '\x03', '\0', '\x02', '\x02', static_cast<char>(number)};
  ::send(socket_, record.data(), record.size(), MSG_NOSIGNAL);
}

void Peer::send_server_hello(SSL_CTX* context, std::string_view client_hello) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context), &SSL_free);
  BIO* const in = BIO_new_mem_buf(client_hello.data(), static_cast<int>(client_hello.size()));
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_accept(ssl.get());
  std::array<char, 16384> flight;
  const int size = BIO_read(out, flight.data(), static_cast<int>(flight.size()));
  if (size < 5) return;
  const std::size_t record = 5 + static_cast<unsigned char>(flight[3]) * std::size_t{256} +
                             static_cast<unsigned char>(flight[4]);
  send(std::string_view(flight.data(), record));
}

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Peer::finish() {
  ::shutdown(socket_, SHUT_WR);
  stall();
}

void Peer::stall() {
  std::array<char, 4096> chunk;
  while (::recv(socket_, chunk.data(), chunk.size(), 0) > 0) continue;
}

TlsServer::TlsServer(Script script)
    : script_(std::move(script)),
      listener_(listen_on_loopback()),
      port_(port_of(listener_)),
      thread_([this] { serve(); }) {}

TlsServer::TlsServer(SSL_CTX* context, Script script)
    : TlsServer([context, script = std::move(script)](Peer& peer) {
        if (peer.secure(context)) script(peer);
      }) {}

TlsServer::~TlsServer() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
  }
  thread_.join();
  ::close(listener_);
}

void TlsServer::serve() {
  block_sigpipe();
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    {
      const std::scoped_lock lock(mutex_);
      current_ = socket;
      if (ending_) ::shutdown(socket, SHUT_RDWR);
    }
    {
      Peer peer(socket);
      script_(peer);
    }
    const std::scoped_lock lock(mutex_);
    ::close(socket);
    current_ = -1;
  }
}

}  // namespace reachd::test
