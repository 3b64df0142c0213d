#include "probes/step_order.hpp"

#include <map>
#include <tuple>

namespace reachd {

std::vector<std::vector<std::size_t>> steps_by_connection(const Measurement& measurement) {
  using Place = std::tuple<int, int, Endpoint>;
  const auto& steps = measurement.observations;
  std::vector<std::vector<std::size_t>> groups;
  std::map<Place, std::size_t> connections;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Place place{steps[i].transaction, steps[i].depth, steps[i].peer};
    const bool question = steps[i].stage == Stage::dns;
    const auto known = question ? connections.end() : connections.find(place);
    if (known != connections.end()) {
      groups[known->second].push_back(i);
      continue;
    }
    if (!question) connections.emplace(place, groups.size());
    groups.push_back({i});
  }
  return groups;
}

}  // namespace reachd
