// Serves routes over HTTP/1.1, in clear or over TLS, to whom the entrance lets in: bounded header,
// body, time and number of connections; a client that reads or writes slowly holds up nobody.
// Reading and writing is a thread's own, so that a page of megabytes and a busy daemon do not wait
// for each other; the handler is called on the daemon's loop.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include "config/config.hpp"
#include "daemon/web/entrance.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

struct Limits {
  std::size_t connections = 64;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 0;                        // nothing that comes in has a use for a body
  std::chrono::milliseconds handshake_time{10'000};  // of TLS
  std::chrono::milliseconds request_time{10'000};    // to send one request whole
  std::chrono::milliseconds answer_time{5'000};      // for the handler's loop to come to it
  std::chrono::milliseconds response_time{30'000};   // to take the answer
  std::chrono::milliseconds idle_time{60'000};       // between requests of one connection
};

class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  // Binds and listens at once; throws boost::system::system_error if that fails. Port 0: any.
  // `handlers_loop` is where the handler is called, and has work as long as the server serves; this
  // object is made, stopped and destroyed on its thread.
  Server(boost::asio::any_io_executor handlers_loop, const Listen& listen, Handler handler,
         Limits limits = {}, Entrance entrance = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // From now on; connections that are open end with their next answer if TLS has changed.
  void set_entrance(Entrance entrance);
  void stop();  // closes the listener and every connection; returns when its thread has ended

 private:
  struct State;
  boost::asio::any_io_executor handlers_work_;  // keeps the handler's loop from running dry
  boost::asio::io_context loop_;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace reachd::web
