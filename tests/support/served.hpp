// A web server under test on a loop in a thread of its own, port chosen by the system; stopped and
// joined at the end of the test. The handler runs on that thread.
#pragma once

#include <thread>

#include <boost/asio/io_context.hpp>

#include "daemon/web/server.hpp"

namespace reachd::test {

class Served {
 public:
  explicit Served(web::Server::Handler handler, web::Limits limits = {},
                  web::Entrance entrance = {});
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  std::uint16_t port() const { return server_.port(); }
  void set_entrance(web::Entrance entrance);  // as a reload does
  // Stops the server; true if its loop ran out of work by itself, i.e. nothing of it was left.
  bool stop();

 private:
  boost::asio::io_context io_;
  web::Server server_;
  std::thread thread_;
};

}  // namespace reachd::test
