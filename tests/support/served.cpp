#include "tests/support/served.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

namespace reachd::test {

Served::Served(web::Server::Handler handler, web::Limits limits, web::Entrance entrance)
    : server_(io_.get_executor(), {"127.0.0.1", 0}, std::move(handler), limits,
              std::move(entrance)),
      thread_([this] { io_.run_for(std::chrono::seconds(100)); }) {}

Served::~Served() {
  stop();
}

void Served::set_entrance(web::Entrance entrance) {
  server_.set_entrance(std::move(entrance));
}

bool Served::stop() {
  if (!thread_.joinable()) return true;
  const auto began = std::chrono::steady_clock::now();
  boost::asio::post(io_, [this] { server_.stop(); });
  thread_.join();
  return std::chrono::steady_clock::now() - began < std::chrono::seconds(20);
}

}  // namespace reachd::test
