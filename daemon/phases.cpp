#include "daemon/phases.hpp"

#include <algorithm>

namespace reachd {
namespace {

bool is_connection_step(const Observation& step) {
  return step.purpose == Purpose::ladder && step.stage != Stage::dns && step.depth == 0;
}

// The transaction to tell of; nullopt if nothing was connected.
std::optional<int> told_transaction(const std::vector<Observation>& steps) {
  std::optional<int> first;
  for (const Observation& step : steps) {
    if (!is_connection_step(step)) continue;
    if (!first) first = step.transaction;
    const bool through = std::ranges::none_of(steps, [&](const Observation& other) {
      return is_connection_step(other) && other.transaction == step.transaction && other.failure;
    });
    if (through) return step.transaction;
  }
  return first;
}

// The questions of a lookup run side by side: the slowest answer of the resolver asked first.
std::optional<Micros> lookup_time(const std::vector<Observation>& steps) {
  const std::string* resolver = nullptr;
  std::optional<Micros> longest;
  for (const Observation& step : steps) {
    const auto* seen = std::get_if<DnsSeen>(&step.seen);
    if (seen == nullptr || step.purpose != Purpose::ladder || step.depth != 0) continue;
    if (resolver == nullptr) resolver = &seen->resolver;
    if (*resolver != seen->resolver || step.failure) continue;
    longest = std::max(longest.value_or(Micros(0)), step.took);
  }
  return longest;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::dns:
      return "dns";
    case Phase::connect:
      return "connect";
    case Phase::tls:
      return "tls";
    case Phase::first_byte:
      return "first_byte";
    case Phase::transfer:
      return "transfer";
  }
  return "";
}

Phases phases_of(const Measurement& measurement) {
  const auto& steps = measurement.observations;
  Phases phases;
  const auto put = [&](Phase phase, Micros took) {
    phases.at(static_cast<std::size_t>(phase)) = took;
  };
  if (const auto took = lookup_time(steps)) put(Phase::dns, *took);
  const auto transaction = told_transaction(steps);
  for (const Observation& step : steps) {
    if (!is_connection_step(step) || step.transaction != transaction) continue;
    if (step.stage == Stage::tcp && !step.failure) put(Phase::connect, step.took);
    if (step.stage == Stage::tls && !step.failure) put(Phase::tls, step.took);
    if (const auto* http = std::get_if<HttpSeen>(&step.seen)) {
      if (http->first_byte > Micros(0)) put(Phase::first_byte, http->first_byte);
      if (!step.failure) put(Phase::transfer, http->transfer);
    }
    if (const auto* mail = std::get_if<MailSeen>(&step.seen)) {
      if (mail->first_byte > Micros(0)) put(Phase::first_byte, mail->first_byte);
    }
  }
  return phases;
}

}  // namespace reachd
