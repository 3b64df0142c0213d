// A server on loopback that does to each connection what a script says: the well-behaved, the
// broken and the hostile peer in a few words. It runs on the test's own loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

namespace reachd::test {

struct ReadUntil {
  std::string text;
};  // reads something, and on until this has come
struct Send {
  std::string bytes;
};
struct SendForever {
  std::string bytes;
};  // until the peer goes away
struct Drip {
  std::string bytes;
  std::chrono::milliseconds pause;
};  // byte after byte
struct Pause {
  std::chrono::milliseconds time;
};
struct Call {
  std::function<void()> function;
};
struct Reset {};   // closes with an RST
struct Finish {};  // closes the sending side with a FIN, without a TLS goodbye
struct Hang {
};  // keeps the connection open, silently, until the peer breaks it or the server is gone
using Action = std::variant<ReadUntil, Send, SendForever, Drip, Pause, Call, Reset, Finish, Hang>;
using Script = std::vector<Action>;

// The usual beginning of a script: reads one request's head.
inline ReadUntil request() {
  return {"\r\n\r\n"};
}

class TcpServer {
 public:
  // With `tls` each connection begins with a handshake (failing it ends the connection); the
  // context must outlive the server. Listens on a port of the system's choice; throws if it cannot.
  TcpServer(boost::asio::io_context& io, Script script, boost::asio::ssl::context* tls = nullptr,
            const std::string& address = "127.0.0.1");
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  std::uint16_t port() const;
  std::string url(const std::string& path = "/") const;  // http or https, at 127.0.0.1
  int accepted() const;                                  // connections so far
  const std::string& received() const;                   // all bytes that came, of all connections
  void close();  // accepts no more, and ends every connection

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace reachd::test
