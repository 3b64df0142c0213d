// Serves routes over HTTP/1.1: bounded header, body, time and number of connections; a client that
// reads or writes slowly holds up nobody.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "config/config.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

struct Limits {
  std::size_t connections = 64;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 0;                       // nothing that comes in has a use for a body
  std::chrono::milliseconds request_time{10'000};   // to send one request whole
  std::chrono::milliseconds response_time{30'000};  // to take the answer
  std::chrono::milliseconds idle_time{60'000};      // between requests of one connection
};

class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  // Binds and listens at once; throws boost::system::system_error if that fails. Port 0: any.
  Server(boost::asio::any_io_executor executor, const Listen& listen, Handler handler,
         Limits limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  void stop();  // closes the listener and every connection; only on the loop's thread

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::web
