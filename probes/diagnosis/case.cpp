#include "probes/diagnosis/case.hpp"

#include <algorithm>
#include <utility>

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

}  // namespace reachd::diagnosis
