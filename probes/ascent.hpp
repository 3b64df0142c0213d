// One climb under way: what it is given, and the small state that its steps share. Only the
// ladder's own files look in here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/target.hpp"
#include "probes/ladder.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"
#include "probes/steps/dns.hpp"

namespace reachd {

struct Ascent {
  net::WayOut& way;
  net::Resolvers& resolvers;
  const Target& target;
  const Climb& climb;
  Clock::time_point start;
  int transactions = 0;

  bool deep() const { return climb.round == Round::deep; }
  // OONI numbers transactions by what they carry: 20000 Do53, 30000 DoH, 40000 cleartext, 50000
  // TLS.
  int next_transaction(int range) { return range + ++transactions; }
};

// What the resolvers said of a name. `addresses` are in the order to try them: the first resolver's
// before the others', families in turn.
struct Answers {
  std::vector<steps::Lookup> lookups;
  std::vector<std::string> addresses;
};

// Asks for a name: in a light round the first resolver (its nameservers one after the other, as the
// system would), in a deep one all of them side by side. An address needs no asking.
boost::asio::awaitable<Answers> ask(Ascent& ascent, std::string host, int depth);

// In a light round: the resolvers of Climb::ask_again, side by side; the one that leads is left
// out.
boost::asio::awaitable<std::vector<steps::Lookup>> ask_again(Ascent& ascent, std::string host);

// All questions of one name to one resolver, side by side. In a deep round they are listened on
// longer.
boost::asio::awaitable<std::vector<steps::Lookup>> ask_one(Ascent& ascent,
                                                           ResolverSettings resolver,
                                                           std::string host, int depth,
                                                           std::chrono::milliseconds timeout);

// The addresses of lookups in the order to try them, families in turn, each once.
std::vector<std::string> addresses_in_turn(const std::vector<steps::Lookup>& lookups);

// One address of one place: connects, then whatever the scheme asks for. `cookies` is read and
// written.
struct Visit {
  Scheme scheme = Scheme::https;
  std::string url;   // http(s) only
  std::string host;  // the name the peer must prove
  Endpoint peer;
  int depth = 0;
  Purpose purpose = Purpose::ladder;
  std::string innocent = {};  // https: said in the ClientHello in the host's place
  int ttl = 0;                // of the packets after the connection stands; 0: the system's
  // Goes through this proxy, which finds the host itself; `peer` is then the proxy. That it cannot
  // be used is our own fault, never the target's.
  std::optional<ProxySettings> proxy = {};
  std::chrono::milliseconds patience{0};  // for all of it; 0: the target's timeout
};
boost::asio::awaitable<std::vector<Observation>> visit(Ascent& ascent, Visit visit,
                                                       std::vector<std::string>& cookies);

// The target's large object (or, without one, its page) at this address, as much as it takes to
// meet a freeze or a throttle: 64 KiB. With an innocent name in the ClientHello it is a comparison
// (sni_swap), else large_object.
boost::asio::awaitable<std::vector<Observation>> fetch_object(Ascent& ascent, Endpoint peer,
                                                              std::string innocent = {});

// The target's service at this address under an innocent name: in the ClientHello where there is
// one (sni_swap), else in the Host of the request (host_swap). Nothing for what names nobody.
boost::asio::awaitable<std::vector<Observation>> try_innocent(Ascent& ascent, Endpoint peer,
                                                              std::string innocent);

}  // namespace reachd
