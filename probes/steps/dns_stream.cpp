#include "probes/steps/dns_stream.hpp"

#include <array>
#include <optional>
#include <utility>

#include <openssl/err.h>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "probes/steps/connect.hpp"
#include "probes/steps/tls.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

Failure failure_of(error_code error, bool late) {
  if (error == asio::error::operation_aborted) {
    return {late ? Word::generic_timeout_error : Word::reachd_cancelled, {}};
  }
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return {Word::eof_error, {}};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    const char* const reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    return {Word::unknown_failure, "tls: " + std::string(reason != nullptr ? reason : "error")};
  }
  return failure_from_errno(error.value());
}

// Runs one read or write until the timer, which is set already, fires.
template <typename Operation>
asio::awaitable<std::optional<Failure>> within(asio::steady_timer& timer, Operation operation) {
  auto both = asio::experimental::make_parallel_group(std::move(operation),
                                                      timer.async_wait(asio::deferred));
  const auto [order, error, size, expired] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (!error) co_return std::nullopt;
  co_return failure_of(error, !expired);
}

// Two bytes of length, then the message: RFC 7766, both ways.
template <typename Stream>
asio::awaitable<std::optional<Failure>> exchange(Stream& stream, asio::steady_timer& timer,
                                                 const DnsQuestion& question,
                                                 Clock::time_point start, DnsSeen& seen) {
  std::vector<std::uint8_t> message{static_cast<std::uint8_t>(question.query.size() >> 8),
                                    static_cast<std::uint8_t>(question.query.size() & 0xff)};
  message.insert(message.end(), question.query.begin(), question.query.end());
  auto failure =
      co_await within(timer, asio::async_write(stream, asio::buffer(message), asio::deferred));
  if (failure) co_return failure;

  for (std::optional<Failure> first_bad;;) {
    std::array<std::uint8_t, 2> length{};
    failure =
        co_await within(timer, asio::async_read(stream, asio::buffer(length), asio::deferred));
    if (!failure) {
      message.resize(static_cast<std::size_t>(length[0] << 8 | length[1]));
      failure =
          co_await within(timer, asio::async_read(stream, asio::buffer(message), asio::deferred));
    }
    if (failure) co_return first_bad && !is_ours(*failure) ? first_bad : failure;
    const auto at = std::chrono::duration_cast<Micros>(Clock::now() - start);
    Taken taken = add_reply(question, message, at, seen);
    if (taken.worth == Worth::answer) co_return taken.failure;
    if (!first_bad) first_bad = std::move(taken.failure);
  }
}

}  // namespace

Attempt attempt_of(const DnsOptions& options, Clock::time_point deadline) {
  Attempt attempt;
  attempt.peer = {options.resolver.address, options.resolver.port};
  attempt.start = options.start;
  attempt.deadline = deadline;
  attempt.transaction = options.transaction;
  attempt.depth = options.depth;
  attempt.paced = false;
  return attempt;
}

asio::awaitable<void> ask_tcp(net::WayOut& way, const DnsOptions& options,
                              const DnsQuestion& question, Clock::time_point deadline,
                              Observation& observation) {
  Attempt attempt = attempt_of(options, deadline);
  Connected connected = co_await connect(way, attempt);
  observation.failure = connected.observation.failure;
  if (!connected.socket) co_return;
  auto socket = net::to_asio(way.executor, std::move(*connected.socket));
  asio::steady_timer timer(way.executor, deadline);
  observation.failure = co_await exchange(socket, timer, question, options.start,
                                          std::get<DnsSeen>(observation.seen));
}

asio::awaitable<void> ask_dot(net::WayOut& way, const DnsOptions& options,
                              const DnsQuestion& question, Clock::time_point deadline,
                              Observation& observation) {
  Attempt attempt = attempt_of(options, deadline);
  Connected connected = co_await connect(way, attempt);
  observation.failure = connected.observation.failure;
  if (!connected.socket) co_return;
  const ResolverSettings& resolver = options.resolver;
  TlsOptions tls{resolver.server_name.empty() ? resolver.address : resolver.server_name, {"dot"}};
  auto socket = net::to_asio(way.executor, std::move(*connected.socket));
  Secured secured = co_await secure(way, attempt, std::move(socket), std::move(tls));
  observation.failure = secured.observation.failure;
  if (!secured.stream) co_return;
  asio::steady_timer timer(way.executor, deadline);
  observation.failure = co_await exchange(*secured.stream, timer, question, options.start,
                                          std::get<DnsSeen>(observation.seen));
}

}  // namespace reachd::steps
