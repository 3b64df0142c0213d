// The helper on the wire: HTTP/1.1, over TLS where there is a certificate, one request a
// connection. Safe to leave open to the Internet: bounded header, body, time, connections in all
// and of one asker; who is not answered costs next to nothing.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include "config/config.hpp"
#include "daemon/helper/desk.hpp"
#include "daemon/helper/metrics.hpp"

namespace reachd::helper {

struct Limits {
  std::size_t connections = 256;
  std::size_t connections_of_one = 16;  // of one asker
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::chrono::milliseconds request_time{10'000};  // TLS handshake and request together
  std::chrono::milliseconds answer_time{20'000};   // to take the answer
};

class Server {
 public:
  // Binds and listens at once; throws boost::system::system_error if that fails. Port 0: any. `tls`
  // null: plain HTTP. Desk and metrics must live until stopped() has completed.
  Server(boost::asio::any_io_executor executor, const Listen& listen,
         std::shared_ptr<boost::asio::ssl::context> tls, Desk& desk, Metrics& metrics,
         Limits limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // Closes the listener, calls off whatever is at work. Only on the loop's thread.
  void stop();
  // After stop(): completes when the last connection has ended. Until then desk and metrics are
  // used.
  boost::asio::awaitable<void> stopped();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::helper
