#include "tests/support/dns_asker.hpp"

#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

namespace reachd::test {
namespace asio = boost::asio;

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

Observation DnsAsker::look_up_cancelled(steps::DnsOptions options,
                                        std::function<void(std::function<void()>)> set_off) {
  asio::cancellation_signal signal;
  std::optional<steps::Lookup> lookup;
  set_off([&] { signal.emit(asio::cancellation_type::terminal); });
  asio::co_spawn(loop_.io, steps::look_up(loop_.way, std::move(options)),
                 asio::bind_cancellation_slot(signal.slot(),
                                              [&](const std::exception_ptr& error, auto result) {
                                                if (!error) lookup.emplace(std::move(result));
                                                loop_.io.stop();
                                              }));
  loop_.io.restart();
  loop_.io.run_for(std::chrono::seconds(10));
  if (!lookup) throw std::runtime_error("the lookup did not end, or threw");
  return lookup->observation;
}

std::vector<std::string> DnsAsker::failures_of_replies(const Observation& observation) {
  std::vector<std::string> failures;
  for (const DnsReply& reply : seen(observation).replies) {
    failures.push_back(reply.failure ? to_string(*reply.failure) : "");
  }
  return failures;
}

}  // namespace reachd::test
