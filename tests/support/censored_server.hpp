// A web server on every address of loopback, with a censor before it who resets whatever says a
// forbidden word; it runs on the test's own loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace reachd::test {

class CensoredServer {
 public:
  CensoredServer(boost::asio::io_context& io, std::string forbidden);
  ~CensoredServer();
  CensoredServer(const CensoredServer&) = delete;
  CensoredServer& operator=(const CensoredServer&) = delete;

  std::uint16_t port() const;
  struct Visit {
    std::string address;  // of ours that was visited
    std::string said;     // the first bytes; empty: nothing before the end
    bool reset = false;
  };
  const std::vector<Visit>& visits() const;  // in order of what was said

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace reachd::test
