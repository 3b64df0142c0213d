#include "probes/diagnosis/case.hpp"

#include <algorithm>
#include <utility>

#include "probes/net/route.hpp"

namespace reachd::diagnosis {
namespace {

// Transactions go on where the measurement's ended: the last three digits count.
int last_transaction(const Measurement& measurement) {
  int last = 0;
  for (const Observation& step : measurement.observations) {
    last = std::max(last, step.transaction % 10'000);
  }
  return last;
}

void add(std::vector<std::string>& list, std::string address) {
  if (std::ranges::find(list, address) == list.end()) list.push_back(std::move(address));
}

}  // namespace

void Case::keep(std::vector<Observation> steps) {
  tools.residual.note(steps, ascent.start);
  std::ranges::move(steps, std::back_inserter(found));
}

Case open_case(DiagnosisTools& tools, const Target& target, const Measurement& measurement,
               const Climb& climb, Clock::time_point start) {
  Case at{tools,
          target,
          measurement,
          Ascent{tools.way, tools.resolvers, target, climb, start, last_transaction(measurement)},
          {},
          {},
          {}};
  for (const Observation& step : measurement.observations) {
    if (step.purpose != Purpose::ladder || step.depth != 0) continue;
    if (step.stage == Stage::dns) {
      for (std::string& address : steps::addresses_of(step)) add(at.addresses, std::move(address));
      continue;
    }
    add(at.addresses, step.peer.address);
    if (step.failure && !is_ours(*step.failure)) at.broken.push_back({step.peer, step.stage});
  }
  return at;
}

std::vector<Endpoint> quiet_places(const Case& at) {
  std::vector<Endpoint> places;
  for (const std::string& address : at.addresses) {
    const Endpoint peer{address, at.target.port};
    const bool visited = std::ranges::any_of(
        at.measurement.observations,
        [&](const Observation& step) { return step.stage != Stage::dns && step.peer == peer; });
    if (visited || !net::has_route(address)) continue;
    if (at.tools.residual.is_clear(peer, Clock::now())) places.push_back(peer);
  }
  return places;
}

}  // namespace reachd::diagnosis
