#include "probes/judge/judge.hpp"

#include <algorithm>

namespace reachd {
namespace {

// The resolver that the round leaned on: the first question's.
const std::string* leading_resolver(const Measurement& measurement) {
  for (const Observation& step : measurement.observations) {
    if (const auto* seen = std::get_if<DnsSeen>(&step.seen)) return &seen->resolver;
  }
  return nullptr;
}

// Whether another nameserver of the same resolver did answer this question, be it that there is no
// address of this family.
bool answered_elsewhere(const Measurement& measurement, const Observation& failed) {
  const auto& question = std::get<DnsSeen>(failed.seen);
  return std::ranges::any_of(measurement.observations, [&](const Observation& other) {
    const auto* seen = std::get_if<DnsSeen>(&other.seen);
    const bool answered = !other.failure || other.failure->word == Word::dns_no_answer;
    return seen != nullptr && answered && other.peer != failed.peer &&
           seen->resolver == question.resolver && seen->hostname == question.hostname &&
           seen->query_type == question.query_type;
  });
}

bool of_the_ladder(const Measurement& measurement, const Observation& failed) {
  const auto* question = std::get_if<DnsSeen>(&failed.seen);
  if (question == nullptr) return true;
  const std::string* leading = leading_resolver(measurement);
  return leading != nullptr && question->resolver == *leading &&
         !answered_elsewhere(measurement, failed);
}

Verdict verdict(Status status, std::string rule, Locus locus = Locus::unknown) {
  Verdict made;
  made.status = status;
  made.rule = std::move(rule);
  made.locus = locus;
  made.rules_version = kRulesVersion;
  return made;
}

}  // namespace

Verdict judge(const Measurement& measurement, const Target& target) {
  const auto& steps = measurement.observations;
  if (steps.empty()) return verdict(Status::insufficient, "plain.nothing_measured");

  std::vector<int> failed;
  bool theirs = false;
  for (const std::size_t index : failed_steps(measurement)) {
    if (!of_the_ladder(measurement, steps[index])) continue;
    failed.push_back(static_cast<int>(index));
    theirs = theirs || !is_ours(*steps[index].failure);
  }
  if (!failed.empty()) {
    Verdict made = theirs ? verdict(Status::impaired, "plain.step_failed")
                          : verdict(Status::insufficient, "plain.own_fault", Locus::local);
    made.evidence = std::move(failed);
    return made;
  }
  if (!unmet_expectation(measurement, target.expect).empty()) {
    Verdict made = verdict(Status::impaired, "plain.expectation");
    made.evidence.push_back(static_cast<int>(steps.size()) - 1);
    return made;
  }
  return verdict(Status::ok, "plain.all_steps");
}

}  // namespace reachd
