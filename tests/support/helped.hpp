// A helper on loopback with a loop and a thread of its own, a resolver that a script plays, and
// room for servers to be asked about.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/helper/desk.hpp"
#include "daemon/helper/guard.hpp"
#include "daemon/helper/metrics.hpp"
#include "daemon/helper/server.hpp"
#include "probes/net/resolvers.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/raw_client.hpp"

namespace reachd::test {

// Turns enough for any test that is not about them.
inline HelperSettings at_ease() {
  HelperSettings settings;
  settings.rate = settings.client_rate = {1000, std::chrono::seconds(1)};
  return settings;
}

struct HelpedOptions {
  DnsScript dns = answering({"127.0.0.1"});
  std::vector<std::string> allow{"127.0.0.0/8"};
  std::string token = "a-long-secret";
  HelperSettings settings = at_ease();
  helper::Limits limits;
  helper::Desk::Inquire inquire;  // empty: the real one
};

class Helped {
 public:
  explicit Helped(HelpedOptions options = {});
  Helped(const Helped&) = delete;
  Helped& operator=(const Helped&) = delete;

  boost::asio::io_context& io() { return loop_.io; }  // for servers

  // Turns the loop on a thread for as long as it lives: to be made after the servers on that loop,
  // so that it ends before them.
  class Running {
   public:
    explicit Running(Helped& helped);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Helped& helped_;
    std::thread thread_;
  };

  std::uint16_t port() const { return server_.port(); }
  // Sends one request with the token and waits for the answer.
  RawAnswer ask(std::string_view body) const;
  RawAnswer send(std::string_view request) const;
  std::string head(std::string_view first_line) const;  // with Host and the token, open-ended
  // The value of a series in /metrics; -1 if there is none.
  double metric(const std::string& series) const;

 private:
  Loop loop_;
  DnsServer dns_;
  net::Resolvers resolvers_;
  helper::Guard guard_;
  helper::Metrics metrics_;
  std::string token_;
  helper::Desk desk_;
  helper::Server server_;
};

}  // namespace reachd::test
