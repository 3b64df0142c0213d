#include "probes/steps/dns.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "probes/steps/dns_question.hpp"
#include "probes/steps/dns_stream.hpp"
#include "probes/steps/dns_udp.hpp"
#include "probes/wire/dns_message.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using Kind = ResolverSettings::Kind;
namespace {

std::string engine_of(Kind kind) {
  switch (kind) {
    case Kind::tcp:
      return "tcp";
    case Kind::dot:
      return "dot";
    case Kind::doh:
      return "doh";
    case Kind::system:
    case Kind::udp:
      break;
  }
  return "udp";
}

Observation observation_of(const DnsOptions& options, Clock::time_point began) {
  Observation observation;
  observation.stage = Stage::dns;
  observation.transaction = options.transaction;
  observation.depth = options.depth;
  observation.peer = {options.resolver.address, options.resolver.port};
  observation.began = std::chrono::duration_cast<Micros>(began - options.start);
  DnsSeen seen;
  seen.resolver = options.resolver.name;
  seen.engine = engine_of(options.resolver.kind);
  if (options.resolver.kind == Kind::doh) seen.url = options.resolver.url;
  seen.hostname = options.hostname;
  seen.query_type = options.query_type;
  observation.seen = std::move(seen);
  return observation;
}

asio::awaitable<void> ask(net::WayOut& way, const DnsOptions& options, const DnsQuestion& question,
                          Clock::time_point deadline, Lookup& lookup) {
  Observation& observation = lookup.observation;
  switch (options.resolver.kind) {
    case Kind::tcp:
      co_return co_await ask_tcp(way, options, question, deadline, observation);
    case Kind::dot:
      co_return co_await ask_dot(way, options, question, deadline, observation);
    case Kind::doh:
      co_return co_await ask_doh(way, options, question, deadline, observation);
    case Kind::system:
    case Kind::udp:
      break;
  }
  AskedUdp asked = co_await ask_udp(way, options, question, deadline, observation);
  lookup.listening = std::move(asked.listening);
  if (!asked.truncated) co_return;
  std::get<DnsSeen>(observation.seen).engine = "tcp";
  co_await ask_tcp(way, options, question, deadline, observation);
}

// An exception that a step may meet: the coroutine was cancelled between two waits, or a library
// had no memory for a socket or a context. Ours, both.
Failure failure_of(const boost::system::system_error& error) {
  if (error.code() == asio::error::operation_aborted) return {Word::reachd_cancelled, {}};
  return {Word::reachd_internal, error.code().message()};
}

}  // namespace

asio::awaitable<Lookup> look_up(net::WayOut& way, DnsOptions options) {
  const auto began = Clock::now();
  Lookup lookup;
  Observation& observation = lookup.observation;
  observation = observation_of(options, began);
  const auto question =
      make_question(options.hostname, options.query_type, options.resolver.kind != Kind::doh);
  if (!question) {
    observation.failure = question.error();
    co_return lookup;
  }
  try {
    co_await ask(way, options, *question, began + options.timeout, lookup);
  } catch (const boost::system::system_error& error) {
    observation.failure = failure_of(error);
  }
  const auto& seen = std::get<DnsSeen>(observation.seen);
  observation.took =
      seen.answer < 0 ? std::chrono::duration_cast<Micros>(Clock::now() - began)
                      : seen.replies[static_cast<std::size_t>(seen.answer)].at - observation.began;
  co_return lookup;
}

asio::awaitable<Observation> settle(Lookup lookup) {
  if (lookup.listening) {
    co_await lookup.listening->over();
    lookup.listening->merge(std::get<DnsSeen>(lookup.observation.seen));
  }
  co_return std::move(lookup.observation);
}

asio::awaitable<std::vector<Observation>> settle_all(std::vector<Lookup> lookups) {
  // All listen by themselves, so that to wait for one after the other is to wait for the last.
  for (const Lookup& lookup : lookups) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) break;
    if (lookup.listening) co_await lookup.listening->over();
  }
  std::vector<Observation> observations;
  for (Lookup& lookup : lookups) {
    if (lookup.listening) lookup.listening->merge(std::get<DnsSeen>(lookup.observation.seen));
    observations.push_back(std::move(lookup.observation));
  }
  co_return observations;
}

std::vector<std::string> addresses_of(const Observation& observation) {
  std::vector<std::string> addresses;
  const auto* seen = std::get_if<DnsSeen>(&observation.seen);
  if (seen == nullptr || seen->answer < 0 || observation.failure) return addresses;
  if (seen->query_type != "A" && seen->query_type != "AAAA") return addresses;
  const auto& answers = seen->replies[static_cast<std::size_t>(seen->answer)].answers;
  for (DnsRecord& record : wire::records_for(answers, seen->hostname, seen->query_type)) {
    if (std::ranges::find(addresses, record.data) == addresses.end()) {
      addresses.push_back(std::move(record.data));
    }
  }
  return addresses;
}

}  // namespace reachd::steps
