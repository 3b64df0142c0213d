#include "probes/judge/trials.hpp"

#include <algorithm>

namespace reachd {
namespace {

constexpr Micros kShortestTellingTrip{5000};
constexpr std::size_t kRoundsBack = 16;

int step_of(const Connection& connection, Stage stage) {
  switch (stage) {
    case Stage::tcp:
      return connection.tcp;
    case Stage::tls:
      return connection.tls;
    case Stage::http:
      return connection.http;
    case Stage::mail:
      return connection.mail;
    case Stage::dns:
      break;
  }
  return -1;
}

bool is_targets(const Connection& connection) {
  return connection.purpose == Purpose::ladder || connection.purpose == Purpose::retry;
}

// A server spoke: what it thinks of the name is no matter.
bool answered(const Facts& facts, const Connection& trial, Stage stage) {
  const int index = step_of(trial, stage);
  if (index < 0) return false;
  if (!facts.step(index).failure) return true;
  const TlsSeen* tls = facts.tls(index);
  const HttpSeen* http = facts.http(index);
  return (tls != nullptr && (tls->server_hello_seen || !tls->chain.empty())) ||
         (http != nullptr && http->status != 0);
}

// What the target's name met at this peer, before `when`, that a censor may still punish.
bool under_penalty(const Facts& facts, const Connection& trial, Micros when) {
  return std::ranges::any_of(facts.connections, [&](const Connection& other) {
    if (!is_targets(other) || other.peer != trial.peer || other.failed_step < 0) return false;
    const Observation& hit = facts.step(other.failed_step);
    return hit.stage != Stage::tcp && hit.began <= when && when - hit.began < kResidual;
  });
}

// Whether the target's name failed at this peer too, at the same stage.
bool target_failed_at(const Facts& facts, const Endpoint& peer, Stage stage) {
  return std::ranges::any_of(facts.connections, [&](const Connection& other) {
    return is_targets(other) && other.peer == peer && other.failed_step >= 0 &&
           facts.step(other.failed_step).stage == stage;
  });
}

}  // namespace

Trial retries_of(const Facts& facts, const Connection& connection, Stage stage) {
  Trial trial;
  for (const Connection& retry : facts.connections) {
    if (retry.purpose != Purpose::retry || retry.peer != connection.peer) continue;
    if (retry.depth != connection.depth) continue;
    const int index = step_of(retry, stage);
    if (index >= 0 && !facts.step(index).failure) {
      ++trial.passed;
      trial.evidence.push_back(index);
    } else if (retry.failed_step >= 0) {
      ++trial.failed;
      trial.evidence.push_back(retry.failed_step);
    }
  }
  return trial;
}

Trial swaps_of(const Facts& facts, const Connection& connection, Purpose purpose) {
  const Stage stage = purpose == Purpose::sni_swap ? Stage::tls : Stage::http;
  Trial trial;
  for (const Connection& swap : facts.connections) {
    if (swap.purpose != purpose) continue;
    const bool here = swap.peer == connection.peer;
    if (!here && !target_failed_at(facts, swap.peer, stage)) continue;
    if (answered(facts, swap, stage)) {
      ++trial.passed;
      trial.evidence.push_back(step_of(swap, stage));
      continue;
    }
    if (!here || swap.failed_step < 0) continue;
    const Observation& failed = facts.step(swap.failed_step);
    if (failed.residual || under_penalty(facts, swap, failed.began)) continue;
    ++trial.failed;
    trial.evidence.push_back(swap.failed_step);
  }
  return trial;
}

bool faster_than_path(const Facts& facts, const Connection& connection) {
  const TcpSeen* tcp = facts.tcp(connection.tcp);
  if (tcp == nullptr || !tcp->info || connection.failed_step < 0) return false;
  const Micros trip = tcp->info->min_rtt;
  return trip >= kShortestTellingTrip && 2 * facts.step(connection.failed_step).took < trip;
}

bool seen_before(const Facts& facts, std::string_view kind) {
  const auto& rounds = facts.measurement.past.rounds;
  for (std::size_t i = 0; i < std::min(rounds.size(), kRoundsBack); ++i) {
    const auto& [status, kinds, rule] = *rounds[i].outcome;
    const bool suspected = status == Status::likely_blocked || status == Status::blocked;
    if (suspected && std::ranges::find(kinds, kind) != kinds.end()) return true;
  }
  return false;
}

}  // namespace reachd
