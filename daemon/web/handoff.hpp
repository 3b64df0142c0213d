// Connections live on a loop of the web server's own, the handler on the daemon's: carries a
// request over and its answer back. Nothing else crosses; neither side ever waits for the other's
// lock.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "daemon/web/server.hpp"

namespace reachd::web {

class Handoff {
 public:
  // Made and destroyed on the handler's loop; after its end the handler is not called any more.
  Handoff(boost::asio::any_io_executor handlers_loop, Server::Handler handler,
          std::chrono::milliseconds patience);

  // On the web server's loop. The handler's answer; 500 if it throws, 503 if its loop has not come
  // to the question within the patience.
  boost::asio::awaitable<Response> ask(Request request) const;

 private:
  boost::asio::any_io_executor handlers_loop_;
  std::shared_ptr<const Server::Handler> handler_;
  std::chrono::milliseconds patience_;
};

}  // namespace reachd::web
