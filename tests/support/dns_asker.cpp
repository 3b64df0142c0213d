#include "tests/support/dns_asker.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

namespace reachd::test {
namespace asio = boost::asio;
namespace {

template <typename T, typename SetOff>
T run_cancelled(asio::io_context& io, asio::awaitable<T> work, const SetOff& set_off) {
  asio::cancellation_signal signal;
  std::optional<T> result;
  const auto done = [&](const std::exception_ptr& error, T value) {
    if (!error) result.emplace(std::move(value));
    io.stop();
  };
  asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(signal.slot(), done));
  set_off([&] { signal.emit(asio::cancellation_type::terminal); });
  io.restart();
  io.run_for(std::chrono::seconds(10));
  if (!result) throw std::runtime_error("the step did not end, or threw");
  return std::move(*result);
}

}  // namespace

steps::DnsOptions DnsAsker::options(std::uint16_t port, ResolverSettings::Kind kind) {
  steps::DnsOptions options;
  options.resolver.name = "test";
  options.resolver.kind = kind;
  options.resolver.address = "127.0.0.1";
  options.resolver.port = port;
  if (kind == ResolverSettings::Kind::doh) {
    options.resolver.url = "https://localhost:" + std::to_string(port) + "/dns-query";
  }
  options.hostname = "www.example.org";
  options.query_type = "A";
  options.start = Clock::now();
  options.timeout = std::chrono::seconds(15);
  options.listen_on = std::chrono::milliseconds(0);
  return options;
}

steps::Lookup DnsAsker::look_up(steps::DnsOptions options) {
  return run(loop_.io, steps::look_up(loop_.way, std::move(options)));
}

Observation DnsAsker::settle(steps::DnsOptions options) {
  return run(loop_.io, steps::settle(look_up(std::move(options))));
}

Observation DnsAsker::look_up_cancelled(steps::DnsOptions options, SetOff set_off) {
  return run_cancelled(loop_.io, steps::look_up(loop_.way, std::move(options)), set_off)
      .observation;
}

Observation DnsAsker::settle_cancelled(steps::Lookup lookup, SetOff set_off) {
  return run_cancelled(loop_.io, steps::settle(std::move(lookup)), set_off);
}

std::vector<std::string> DnsAsker::failures_of_replies(const Observation& observation) {
  std::vector<std::string> failures;
  for (const DnsReply& reply : seen(observation).replies) {
    failures.push_back(reply.failure ? to_string(*reply.failure) : "");
  }
  return failures;
}

}  // namespace reachd::test
