// The step that asks one resolver one question, and keeps listening after the first answer: a
// censor who races the resolver sends a second one. Never sends from a port or with an id that
// could be guessed, and never waits for the pace: questions are small.
//
// Over UDP the question is sent once more, with the same id from the same port, if nothing has come
// after a third of the timeout; two equal replies may be the two answers to it. An answer that is
// too long for UDP is fetched over TCP: the engine is then "tcp", and the replies hold both. What
// is no answer (another id or question, malformed) is recorded and does not end the wait; if
// nothing else comes, the first such is the failure. An ICMP refusal ends it, and may be forged as
// well.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"

namespace reachd::steps {

struct DnsOptions {
  ResolverSettings resolver;  // kind is never `system` here: see net/resolvers
  std::string hostname;       // ASCII
  std::string query_type;     // "A", "AAAA", "HTTPS"
  Clock::time_point start;    // of the measurement
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds listen_on{500};  // after the first answer: 0.5 s light, 3 s deep
  int transaction = 0;
  int depth = 0;
};

// A question that has its first answer, or none. While `listening` lives the socket stays open.
class Listening;
struct Lookup {
  Observation observation;  // stage dns, DnsSeen
  std::shared_ptr<Listening>
      listening;  // null where nothing more can come (TCP, DoT, DoH, no reply)
};

// Returns with the first answer, of whatever rcode, or the failure. `took` is the time to that
// answer. At most 32 replies and 64 KiB of their bytes are kept. Cancelled: reachd_cancelled.
boost::asio::awaitable<Lookup> look_up(net::WayOut& way, DnsOptions options);
// The same for several side by side, in their order.
boost::asio::awaitable<std::vector<Lookup>> look_up_all(net::WayOut& way,
                                                        std::vector<DnsOptions> all);

// Waits until the window is over; the observation then holds every reply that came. If cancelled,
// those so far.
boost::asio::awaitable<Observation> settle(Lookup lookup);
// The same for several, in their order.
boost::asio::awaitable<std::vector<Observation>> settle_all(std::vector<Lookup> lookups);

// The addresses (A or AAAA data) of the believed reply.
std::vector<std::string> addresses_of(const Observation& observation);

}  // namespace reachd::steps
