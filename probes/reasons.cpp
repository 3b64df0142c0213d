#include "probes/reasons.hpp"

#include <algorithm>

#include "probes/aside.hpp"
#include "probes/judge/judge.hpp"
#include "probes/plain_words.hpp"
#include "probes/print.hpp"
#include "probes/print_step.hpp"

namespace reachd {
namespace {

constexpr std::size_t kMostEvidence = 8;

// The least round trip of the connection that a step ran on; 0: not known.
Micros trip_of(const Measurement& measurement, const Observation& step) {
  for (const Observation& other : measurement.observations) {
    const auto* tcp = std::get_if<TcpSeen>(&other.seen);
    if (tcp == nullptr || !tcp->info || other.transaction != step.transaction) continue;
    if (other.peer == step.peer && other.purpose == step.purpose) return tcp->info->min_rtt;
  }
  return Micros{0};
}

std::string subject_of(const Observation& step) {
  const auto named = [](const std::string& name) { return escape_for_people(name, 60); };
  if (const auto* dns = std::get_if<DnsSeen>(&step.seen)) {
    return named(dns->resolver) + " on " + named(dns->hostname);
  }
  const std::string place = escape_for_people(to_string(step.peer), 60);
  const auto* tls = std::get_if<TlsSeen>(&step.seen);
  return tls == nullptr ? place : named(tls->server_name) + " at " + place;
}

std::string after(const Measurement& measurement, const Observation& step, const char* what) {
  std::string text = std::string(what) + " " + duration_text(step.took) + " after the ClientHello";
  const Micros trip = trip_of(measurement, step);
  if (trip.count() > 0) text += "; the path needs at least " + duration_text(trip);
  return text;
}

std::string outcome_of(const Measurement& measurement, const Observation& step) {
  const auto* tls = std::get_if<TlsSeen>(&step.seen);
  if (step.failure && tls != nullptr && tls->client_hello_sent && !tls->server_hello_seen) {
    if (step.failure->word == Word::connection_reset) return after(measurement, step, "reset");
    if (step.failure->word == Word::eof_error) return after(measurement, step, "closed");
  }
  if (step.failure) return plain_words(step);
  if (step.purpose == Purpose::sni_swap || step.purpose == Purpose::host_swap) return "answered";
  const StepText text = describe(step, measurement.began);
  return text.what;
}

// What sets the step apart from the ladder's, in brackets.
std::string remark_on(const Measurement& measurement, const Observation& step) {
  if (step.purpose == Purpose::ladder) return {};
  const std::string aside = aside_of(measurement, step);
  return " [" + (aside.empty() ? std::string(to_string(step.purpose)) : aside) + "]";
}

}  // namespace

std::vector<std::string> reasons_of(const Measurement& measurement, const Verdict& verdict) {
  const std::vector<RuleText> rules = all_rules();
  const auto rule = std::ranges::find(rules, verdict.rule, &RuleText::id);
  if (rule == rules.end()) return {};
  std::vector<std::string> reasons{std::string(rule->says)};
  for (const int index : verdict.evidence) {
    const auto at = static_cast<std::size_t>(index);
    if (index < 0 || at >= measurement.observations.size()) continue;
    if (reasons.size() > kMostEvidence) {
      reasons.emplace_back("… and more");
      break;
    }
    const Observation& step = measurement.observations[at];
    reasons.push_back(subject_of(step) + ": " + outcome_of(measurement, step) +
                      remark_on(measurement, step));
  }
  return reasons;
}

}  // namespace reachd
