#include "probes/steps/dns.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "probes/net/together.hpp"
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

bool is_udp(const DnsOptions& options) {
  return options.resolver.kind == Kind::udp || options.resolver.kind == Kind::system;
}

// An exception that a step may meet: the coroutine was cancelled between two waits, or a library
// had no memory for a socket or a context. Ours, both.
Failure failure_of(const boost::system::system_error& error) {
  if (error.code() == asio::error::operation_aborted) return {Word::reachd_cancelled, {}};
  return {Word::reachd_internal, error.code().message()};
}

// Over one connection. The observation is as observation_of() made it.
asio::awaitable<void> ask_stream(net::WayOut& way, const DnsOptions& options, Kind kind,
                                 const DnsQuestion& question, Clock::time_point deadline,
                                 Observation& observation) {
  try {
    switch (kind) {
      case Kind::dot:
        co_await ask_dot(way, options, question, deadline, observation);
        break;
      case Kind::doh:
        co_await ask_doh(way, options, question, deadline, observation);
        break;
      case Kind::tcp:
      case Kind::system:
      case Kind::udp:
        co_await ask_tcp(way, options, question, deadline, observation);
        break;
    }
  } catch (const boost::system::system_error& error) {
    observation.failure = failure_of(error);
  }
  note_time(observation, Clock::now() - options.start);
}

// What came too long for a datagram.
asio::awaitable<bool> ask_again_by_tcp(net::WayOut& way, const AskedUdp& asked) {
  Observation& observation = asked.lookup->observation;
  std::get<DnsSeen>(observation.seen).engine = "tcp";
  co_await ask_stream(way, *asked.options, Kind::tcp, *asked.question, asked.deadline, observation);
  co_return true;
}

asio::awaitable<void> ask_datagrams(net::WayOut& way, std::vector<AskedUdp>& asked) {
  try {
    co_await ask_udp(way, asked);
  } catch (const boost::system::system_error& error) {
    for (AskedUdp& one : asked) one.lookup->observation.failure = failure_of(error);
    co_return;
  }
  std::vector<asio::awaitable<bool>> again;
  for (const AskedUdp& one : asked) {
    if (one.truncated) again.push_back(ask_again_by_tcp(way, one));
  }
  if (!again.empty()) co_await net::together(way.executor, std::move(again));
}

// A lookup that has asked nothing yet, and its question; null, with the failure noted, if there is
// none.
std::shared_ptr<const DnsQuestion> prepare(const DnsOptions& options, Lookup& lookup) {
  lookup.observation = observation_of(options, Clock::now());
  auto question =
      make_question(options.hostname, options.query_type, options.resolver.kind != Kind::doh);
  if (question) return std::make_shared<const DnsQuestion>(std::move(*question));
  lookup.observation.failure = question.error();
  return nullptr;
}

asio::awaitable<Lookup> look_up_by_stream(net::WayOut& way, DnsOptions options) {
  Lookup lookup;
  const auto deadline = Clock::now() + options.timeout;
  if (const auto question = prepare(options, lookup)) {
    co_await ask_stream(way, options, options.resolver.kind, *question, deadline,
                        lookup.observation);
  }
  co_return lookup;
}

asio::awaitable<Lookup> look_up_by_udp(net::WayOut& way, DnsOptions options) {
  std::vector<DnsOptions> all;
  all.push_back(std::move(options));
  std::vector<Lookup> lookups = co_await look_up_all(way, std::move(all));
  co_return std::move(lookups.front());
}

}  // namespace

asio::awaitable<std::vector<Lookup>> look_up_all(net::WayOut& way, std::vector<DnsOptions> all) {
  if (!std::ranges::all_of(all, is_udp)) {
    std::vector<asio::awaitable<Lookup>> each;
    for (DnsOptions& options : all) each.push_back(look_up(way, std::move(options)));
    co_return co_await net::together(way.executor, std::move(each));
  }
  std::vector<Lookup> lookups(all.size());
  std::vector<AskedUdp> asked;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto deadline = Clock::now() + all[i].timeout;
    if (auto question = prepare(all[i], lookups[i])) {
      asked.push_back({&all[i], std::move(question), deadline, &lookups[i]});
    }
  }
  co_await ask_datagrams(way, asked);
  co_return lookups;
}

asio::awaitable<Lookup> look_up(net::WayOut& way, DnsOptions options) {
  if (!is_udp(options)) return look_up_by_stream(way, std::move(options));
  return look_up_by_udp(way, std::move(options));
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
  observations.reserve(lookups.size());
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
