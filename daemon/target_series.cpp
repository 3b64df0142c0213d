#include "daemon/target_series.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>
#include <vector>

#include "probes/net/url.hpp"

namespace reachd {
namespace {

// From a neighbour's 5 ms to a timeout's 10 s, about three steps a decade: enough for quantiles of
// a path, few enough for thousands of targets.
constexpr std::array<std::pair<double, std::string_view>, 11> kBuckets{{{0.005, "0.005"},
                                                                        {0.01, "0.01"},
                                                                        {0.025, "0.025"},
                                                                        {0.05, "0.05"},
                                                                        {0.1, "0.1"},
                                                                        {0.25, "0.25"},
                                                                        {0.5, "0.5"},
                                                                        {1, "1"},
                                                                        {2.5, "2.5"},
                                                                        {5, "5"},
                                                                        {10, "10"}}};

enum Head : std::size_t {
  kReachable,
  kStatus,
  kKind,
  kSince,
  kChanges,
  kRoundStatus,
  kRounds,
  kFailures,
  kPhase,
  kLastPhase,
  kLastRound,
  kAddresses,
  kAddressesReachable,
  kHttpStatus,
  kCertificate,
  kSpeed,
  kHeads
};
constexpr std::array<FamilyHead, kHeads> kFamilies{{
    {"reachd_target_reachable", "gauge", "1 if the confirmed state of the target is ok."},
    {"reachd_target_status", "gauge", "1 for the confirmed state."},
    {"reachd_target_kind", "gauge", "1 for each kind of trouble in force."},
    {"reachd_target_since_timestamp_seconds", "gauge",
     "When the confirmed state began, 0 before the first round."},
    {"reachd_changes_total", "counter", "Confirmed changes by the new status."},
    {"reachd_round_status", "gauge", "1 for the status of the latest round."},
    {"reachd_rounds_total", "counter", "Finished rounds by their status."},
    {"reachd_failures_total", "counter", "Failed steps by stage and failure."},
    {"reachd_phase_duration_seconds", "histogram",
     "Time of a phase, of the rounds that got through it."},
    {"reachd_last_phase_duration_seconds", "gauge",
     "Time of a phase in the latest round that got through it, 0 if the latest round did not."},
    {"reachd_last_round_timestamp_seconds", "gauge",
     "When the latest round ended, 0 before the first."},
    {"reachd_addresses", "gauge", "Addresses tried in the latest deep round."},
    {"reachd_addresses_reachable", "gauge", "Of those, the ones on which every step was fine."},
    {"reachd_http_status_code", "gauge",
     "Status of the last answer of the latest round, 0 without an answer."},
    {"reachd_tls_certificate_not_after_timestamp_seconds", "gauge",
     "End of the latest certificate seen, valid or not; 0 before the first."},
    {"reachd_download_bytes_per_second", "gauge",
     "Speed of the latest body, 0 if it was too short to tell."},
}};

double seconds(Micros time) {
  return std::chrono::duration<double>(time).count();
}

double epoch(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

bool is_web(Scheme scheme) {
  return scheme == Scheme::http || scheme == Scheme::https;
}

bool is_mail(Scheme scheme) {
  return scheme == Scheme::imap || scheme == Scheme::imaps || scheme == Scheme::smtp ||
         scheme == Scheme::smtps;
}

// A plain target may be redirected to TLS; only what its first hop has is in its phases.
bool has_tls(const Target& target) {
  return target.scheme == Scheme::https || target.scheme == Scheme::tls ||
         (is_mail(target.scheme) && target.starttls != Starttls::none) ||
         target.scheme == Scheme::imaps || target.scheme == Scheme::smtps;
}

bool has_phase(const Target& target, Phase phase) {
  switch (phase) {
    case Phase::dns:
      return target.scheme == Scheme::dns || !net::is_address(target.host);
    case Phase::connect:
      return target.scheme != Scheme::dns;
    case Phase::tls:
      return has_tls(target);
    case Phase::first_byte:
      return is_web(target.scheme) || is_mail(target.scheme);
    case Phase::transfer:
      return is_web(target.scheme);
  }
  return false;
}

// The one phase that stands for the time a compact target takes.
Phase telling_phase(const Target& target) {
  for (const Phase phase : {Phase::first_byte, Phase::tls, Phase::connect}) {
    if (has_phase(target, phase)) return phase;
  }
  return Phase::dns;
}

bool of_ladder(const Observation& step) {
  return step.purpose == Purpose::ladder;
}

}  // namespace

TargetSeries::TargetSeries(const Target& target)
    : block_(kFamilies, {"service_name", target.service}, {"target", target.name}),
      reachable_(block_.add(kReachable)),
      since_(block_.add(kSince)),
      last_round_(block_.add(kLastRound)),
      status_(by_status(kStatus)),
      rounds_(by_status(kRounds)),
      full_(target.detail == Detail::full) {
  for (const Phase phase : kPhases) {
    if (full_ ? has_phase(target, phase) : phase == telling_phase(target)) {
      last_phase_.at(static_cast<std::size_t>(phase)) =
          block_.add(kLastPhase, {{"phase", to_string(phase)}});
    }
  }
  if (has_tls(target)) certificate_ = block_.add(kCertificate);
  if (full_) make_full(target);
  render();
}

std::span<const FamilyHead> TargetSeries::families() {
  return kFamilies;
}

void TargetSeries::make_full(const Target& target) {
  round_status_ = by_status(kRoundStatus);
  changes_ = by_status(kChanges);
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const auto index = static_cast<std::size_t>(family);
    const SampleBlock::Label which{"family", to_string(family)};
    addresses_.at(index) = block_.add(kAddresses, {which});
    addresses_reachable_.at(index) = block_.add(kAddressesReachable, {which});
  }
  if (is_web(target.scheme)) {
    http_status_ = block_.add(kHttpStatus);
    speed_ = block_.add(kSpeed);
  }
  for (const Phase phase : kPhases) {
    if (!has_phase(target, phase)) continue;
    const SampleBlock::Label which{"phase", to_string(phase)};
    Histogram& histogram = phases_.at(static_cast<std::size_t>(phase)).emplace();
    for (const auto& [bound, text] : kBuckets) {
      histogram.buckets.push_back(block_.add(kPhase, {which}, "_bucket", text));
    }
    histogram.buckets.push_back(block_.add(kPhase, {which}, "_bucket", "+Inf"));
    histogram.sum = block_.add(kPhase, {which}, "_sum");
    histogram.count = block_.add(kPhase, {which}, "_count");
  }
  make_failures(target);
}

TargetSeries::ByStatus TargetSeries::by_status(std::size_t family) {
  ByStatus places;
  for (const Status status : kStatuses) {
    places.at(static_cast<std::size_t>(status)) =
        block_.add(family, {{"status", to_string(status)}});
  }
  return places;
}

// A counter that appears with its first event has no increase to alert on: the failures that occur
// in practice stand at 0 from the start, the rare ones appear when they do.
void TargetSeries::make_failures(const Target& target) {
  const auto make = [&](Stage stage, std::initializer_list<Word> words) {
    for (const Word word : words) failures(stage, word);
  };
  make(Stage::dns, {Word::dns_nxdomain_error, Word::dns_no_answer, Word::dns_refused_error,
                    Word::dns_servfail_error, Word::generic_timeout_error});
  if (target.scheme == Scheme::dns) return;
  make(Stage::tcp, {Word::connection_refused, Word::connection_reset, Word::generic_timeout_error,
                    Word::host_unreachable, Word::network_unreachable});
  if (has_tls(target)) {
    make(Stage::tls, {Word::connection_reset, Word::generic_timeout_error, Word::eof_error,
                      Word::ssl_invalid_hostname, Word::ssl_unknown_authority,
                      Word::ssl_invalid_certificate, Word::unknown_failure});
  }
  if (is_web(target.scheme)) {
    make(Stage::http, {Word::connection_reset, Word::generic_timeout_error, Word::eof_error,
                       Word::http_invalid_redirect_location_host, Word::unknown_failure});
  }
  if (is_mail(target.scheme)) {
    make(Stage::mail, {Word::connection_reset, Word::generic_timeout_error, Word::eof_error,
                       Word::unknown_failure});
  }
}

TargetSeries::Place TargetSeries::failures(Stage stage, Word word) {
  const auto known = failures_.find({stage, word});
  if (known != failures_.end()) return known->second;
  const Place place =
      block_.add(kFailures, {{"failure", to_string(word)}, {"stage", to_string(stage)}});
  return failures_[{stage, word}] = place;
}

void TargetSeries::set(const std::optional<Place>& place, double value) {
  if (place) block_[*place] = value;
}

void TargetSeries::set_one(const ByStatus& places, Status status) {
  for (const Status one : kStatuses) {
    block_[places.at(static_cast<std::size_t>(one))] = one == status ? 1 : 0;
  }
}

void TargetSeries::render() {
  text_ = std::make_shared<const BlockText>(block_.render());
}

void TargetSeries::observe(const Measurement& measurement, const Verdict& verdict,
                           const State& state, const Change* change) {
  set_round(measurement, verdict);
  set_state(state);
  set_phases(measurement);
  set_answer(measurement);
  if (full_) {
    count_failures(measurement);
    count_change(change);
    if (measurement.round == Round::deep) set_addresses(measurement);
  }
  render();
}

void TargetSeries::observe_state(const State& state) {
  set_state(state);
  render();
}

void TargetSeries::count_failures(const Measurement& measurement) {
  for (const std::size_t index : failed_steps(measurement)) {
    const Observation& step = measurement.observations[index];
    block_[failures(step.stage, step.failure->word)] += 1;
  }
}

void TargetSeries::set_round(const Measurement& measurement, const Verdict& verdict) {
  block_[rounds_.at(static_cast<std::size_t>(verdict.status))] += 1;
  block_[last_round_] = epoch(measurement.began + measurement.runtime);
  if (full_) set_one(round_status_, verdict.status);
}

void TargetSeries::set_state(const State& state) {
  set_one(status_, state.confirmed.status);
  block_[reachable_] = state.confirmed.status == Status::ok ? 1 : 0;
  block_[since_] = std::max(0.0, epoch(state.since));
  set_kinds(state.confirmed.kinds);
}

// To be known better is no change, nor is to be known at all.
void TargetSeries::count_change(const Change* change) {
  if (change == nullptr) return;
  if (change->passage == Passage::refined || change->passage == Passage::settled) return;
  block_[changes_.at(static_cast<std::size_t>(change->to.status))] += 1;
}

void TargetSeries::set_kinds(const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds) {
    if (!kinds_.contains(kind)) kinds_[kind] = block_.add(kKind, {{"kind", kind}});
  }
  for (const auto& [kind, place] : kinds_) {
    block_[place] = std::ranges::find(kinds, kind) != kinds.end() ? 1 : 0;
  }
}

void TargetSeries::set_phases(const Measurement& measurement) {
  const Phases phases = phases_of(measurement);
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const double took = phases.at(i) ? seconds(*phases.at(i)) : 0;
    set(last_phase_.at(i), took);
    if (!phases.at(i) || !phases_.at(i)) continue;
    const Histogram& histogram = *phases_.at(i);
    for (std::size_t bucket = 0; bucket < histogram.buckets.size(); ++bucket) {
      const bool within = bucket == kBuckets.size() || took <= kBuckets.at(bucket).first;
      if (within) block_[histogram.buckets[bucket]] += 1;
    }
    block_[histogram.sum] += took;
    block_[histogram.count] += 1;
  }
}

void TargetSeries::set_addresses(const Measurement& measurement) {
  std::array<std::set<std::string>, 2> tried;
  std::array<std::set<std::string>, 2> broken;
  for (const Observation& step : measurement.observations) {
    if (!of_ladder(step) || step.stage == Stage::dns || step.depth != 0) continue;
    const auto family = static_cast<std::size_t>(is_ipv6(step.peer) ? Family::ipv6 : Family::ipv4);
    tried.at(family).insert(step.peer.address);
    if (step.failure) broken.at(family).insert(step.peer.address);
  }
  for (std::size_t family = 0; family < tried.size(); ++family) {
    block_[addresses_.at(family)] = static_cast<double>(tried.at(family).size());
    block_[addresses_reachable_.at(family)] =
        static_cast<double>(tried.at(family).size() - broken.at(family).size());
  }
}

void TargetSeries::set_answer(const Measurement& measurement) {
  int status = 0;
  double speed = 0;
  std::int64_t not_after = 0;
  for (const Observation& step : measurement.observations) {
    if (!of_ladder(step)) continue;
    if (const auto* http = std::get_if<HttpSeen>(&step.seen)) {
      if (http->status == 0) continue;  // another address may have answered
      status = http->status;
      speed = http->bytes_per_second;
    }
    const auto* tls = std::get_if<TlsSeen>(&step.seen);
    if (tls != nullptr && step.depth == 0 && !tls->chain.empty()) {
      not_after = tls->chain.front().not_after;
    }
  }
  set(http_status_, status);
  set(speed_, speed);
  if (not_after != 0) set(certificate_, static_cast<double>(not_after));
}

}  // namespace reachd
