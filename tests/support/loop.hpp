// Runs a coroutine on a loop of the test's own until it completes, with a bound so that a hang is a
// failure and not a stuck test run; and the way out that steps need, built on that loop.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "probes/net/way_out.hpp"

namespace reachd::test {

// Returns what the coroutine returned, or throws what it threw; throws std::runtime_error on a
// hang.
template <typename T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> work,
      std::chrono::seconds bound = std::chrono::seconds(20)) {
  std::optional<T> result;
  std::exception_ptr error;
  bool done = false;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
    error = e;
    if (!e) result.emplace(std::move(value));
    done = true;
    io.stop();
  });
  io.restart();
  io.run_for(bound);
  if (!done) throw std::runtime_error("the coroutine did not complete in time");
  if (error) std::rethrow_exception(error);
  return std::move(*result);
}

// A loop with a libcurl multi, a trust store and a pace that never holds anybody up.
class Loop {
 public:
  explicit Loop(const std::string& ca_file = "/etc/ssl/certs/ca-certificates.crt");
  boost::asio::io_context io;
  net::Poller poller;
  net::CurlMulti curl;
  net::TrustStore trust;
  net::Pace pace;
  net::WayOut way;
};

}  // namespace reachd::test
