// The ladder: the steps of a round in their order, for one target. Cheap in a light round, all
// addresses and resolvers in a deep one. Collects facts; says nothing about what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "config/target.hpp"
#include "probes/measurement.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

struct Climb {
  VantageName vantage;
  std::size_t body_limit = 64 * 1024;
  Round round = Round::light;
  std::uint64_t turn = 0;  // counts rounds of the target: light rounds take the addresses in turn
  bool object = false;     // fetch the target's large object too, as every deep round does
  // Before anything else an innocent name is tried at these, which must not have had a hit lately;
  // then the ladder prefers them. For a target whose own name failed there.
  std::vector<Endpoint> innocent_first;
  std::string innocent;  // the name
  // What took no connection in the round before comes first: another address would confirm nothing.
  std::vector<Endpoint> again;
  // Resolvers, by name, that gave no answer in the round before: a light round asks them too,
  // beside the visits. What they say leads nowhere.
  std::vector<std::string> ask_again;
  // Told once, on the loop of the climb, when nothing is left but to listen for late answers. May
  // be empty.
  std::function<void()> only_listens;
};

// Target and climb must outlive it.
boost::asio::awaitable<Measurement> climb(net::WayOut& way, net::Resolvers& resolvers,
                                          const Target& target, const Climb& climb);

}  // namespace reachd
