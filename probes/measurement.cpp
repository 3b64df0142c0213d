#include "probes/measurement.hpp"

#include <algorithm>
#include <map>

namespace reachd {
namespace {

bool same_question(const Observation& a, const Observation& b) {
  const auto* left = std::get_if<DnsSeen>(&a.seen);
  const auto* right = std::get_if<DnsSeen>(&b.seen);
  return left != nullptr && right != nullptr && a.depth == b.depth && a.peer == b.peer &&
         left->resolver == right->resolver && left->url == right->url &&
         left->hostname == right->hostname;
}

}  // namespace

std::string_view to_string(Side side) {
  return side == Side::domestic ? "domestic" : "foreign";
}

std::string_view to_string(Round round) {
  switch (round) {
    case Round::light:
      return "light";
    case Round::deep:
      return "deep";
    case Round::confirm:
      return "confirm";
  }
  return "";
}

std::vector<std::size_t> failed_steps(const Measurement& measurement) {
  const auto& all = measurement.observations;
  std::vector<std::size_t> failed;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].failure || all[i].purpose != Purpose::ladder) continue;
    const bool harmless = all[i].failure->word == Word::dns_no_answer &&
                          std::ranges::any_of(all, [&](const Observation& other) {
                            return !other.failure && same_question(all[i], other);
                          });
    if (!harmless) failed.push_back(i);
  }
  return failed;
}

std::vector<std::string> unanswering_resolvers(const Measurement& measurement) {
  std::map<std::string, bool> answered;
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<DnsSeen>(&step.seen);
    if (seen == nullptr || step.purpose != Purpose::ladder || step.depth != 0) continue;
    if (seen->engine == "udp" || (step.failure && is_ours(*step.failure))) continue;
    answered[seen->resolver] |= !step.failure.has_value();
  }
  std::vector<std::string> names;
  for (const auto& [name, fine] : answered) {
    if (!fine) names.push_back(name);
  }
  return names;
}

}  // namespace reachd
