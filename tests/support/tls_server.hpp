// A peer on loopback that speaks TLS, or refuses to, as a test tells it: each connection is handed
// to the test's own function, which plays it with blocking calls on the server's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <openssl/ssl.h>

namespace reachd::test {

// One connection, plain until secure(). Every call returns early once the client or the server is
// gone; a script need not look. The connection is closed when the script returns.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}  // which stays the server's
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  bool secure(SSL_CTX* context);       // a server's handshake; false if it failed
  bool send(std::string_view bytes);   // over TLS where that is on
  bool expect(std::string_view text);  // reads until `text` has come; false if the client went
  std::string read_client_hello();     // the first record, as raw bytes
  void send_alert(int number);         // fatal, in the clear
  void send_server_hello(SSL_CTX* context, std::string_view client_hello);  // and nothing after it
  void reset();   // makes it end with an RST, when the script does
  void finish();  // FIN; goes on reading until the client closes
  void stall();   // silent until the client closes
  const std::string& received() const { return received_; }  // what expect() read, all of it

 private:
  long read_some(char* data, std::size_t size);

  int socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string received_;
  std::size_t used_ = 0;  // bytes of received_ that an expect() took
};

class TlsServer {
 public:
  using Script = std::function<void(Peer&)>;
  // Listens on 127.0.0.1, on a port of the system's choice; plays one connection after another.
  explicit TlsServer(Script script);
  // The common case: a handshake as `context` says, then the script.
  TlsServer(SSL_CTX* context, Script script);
  ~TlsServer();  // ends the connection that is open, if any
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve();

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;  // of the two below
  int current_ = -1;  // the socket of the open connection
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace reachd::test
