// One diagnosis under way: what its parts share. Only the diagnosis' own files look in here.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/ascent.hpp"
#include "probes/diagnosis/diagnosis.hpp"

namespace reachd::diagnosis {

// A connection of the ladder that failed, by the target's first visit.
struct Broken {
  Endpoint peer;
  Stage stage = Stage::tcp;
};

struct Case {
  DiagnosisTools& tools;
  const Target& target;
  const Measurement& measurement;
  Ascent ascent;
  std::vector<Observation> found;      // so far
  std::vector<std::string> addresses;  // all that the target's name is known to resolve to
  std::vector<Broken> broken;          // at depth 0

  // Takes the steps of one visit: notes their hits, keeps them.
  void keep(std::vector<Observation> steps);
};

// Fills what the measurement says.
Case open_case(DiagnosisTools& tools, const Target& target, const Measurement& measurement,
               const Climb& climb, Clock::time_point start);

// More resolvers, innocent names, the address that runs no DNS. Adds to `addresses`.
boost::asio::awaitable<void> ask_around(Case& at);

// Addresses of the target where nothing happened lately, those that the ladder did not try first.
std::vector<Endpoint> quiet_places(const Case& at);

// Where much came slowly or not to its end: as much at a quiet address under an innocent name, then
// under the target's.
boost::asio::awaitable<void> weigh(Case& at);

// Innocent and true names at addresses without a hit, then one with a short TTL.
boost::asio::awaitable<void> try_elsewhere(Case& at);

// What failed, again; other ports of what takes no connection.
boost::asio::awaitable<void> try_again(Case& at);

// The whole fetch through the second way out, if there is one.
boost::asio::awaitable<void> go_round(Case& at);

}  // namespace reachd::diagnosis
