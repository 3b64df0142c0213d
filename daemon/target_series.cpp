#include "daemon/target_series.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

#include "probes/net/url.hpp"

namespace reachd {
namespace {

// From a neighbour's 5 ms to a timeout's 10 s, about three steps a decade: enough for quantiles of
// a path, few enough for thousands of targets.
const prometheus::Histogram::BucketBoundaries kBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                       0.5,   1,    2.5,   5,    10};

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

}  // namespace

TargetSeries::TargetSeries(const Target& target)
    : base_{{"service_name", target.service}, {"target", target.name}} {
  reachable_ = &gauge("reachd_target_reachable", "1 if the confirmed state of the target is ok.");
  for (const Status status : kStatuses) {
    const auto index = static_cast<std::size_t>(status);
    const Labels labels{{"status", std::string(to_string(status))}};
    status_.at(index) = &gauge("reachd_target_status", "1 for the confirmed state.", labels);
    round_status_.at(index) =
        &gauge("reachd_round_status", "1 for the status of the latest round.", labels);
    rounds_.at(index) = &counter("reachd_rounds_total", "Finished rounds by their status.", labels);
    changes_.at(index) =
        &counter("reachd_changes_total", "Confirmed changes by the new status.", labels);
  }
  since_ = &gauge("reachd_target_since_timestamp_seconds",
                  "When the confirmed state began, 0 before the first round.");
  last_round_ = &gauge("reachd_last_round_timestamp_seconds",
                       "When the latest round ended, 0 before the first.");
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const auto index = static_cast<std::size_t>(family);
    const Labels labels{{"family", std::string(to_string(family))}};
    addresses_.at(index) =
        &gauge("reachd_addresses", "Addresses tried in the latest deep round.", labels);
    addresses_reachable_.at(index) = &gauge(
        "reachd_addresses_reachable", "Of those, the ones on which every step was fine.", labels);
  }
  if (is_web(target.scheme)) {
    http_status_ = &gauge("reachd_http_status_code",
                          "Status of the last answer of the latest round, 0 without an answer.");
    speed_ = &gauge("reachd_download_bytes_per_second",
                    "Speed of the latest body, 0 if it was too short to tell.");
  }
  if (has_tls(target)) {
    certificate_ = &gauge("reachd_tls_certificate_not_after_timestamp_seconds",
                          "End of the latest certificate seen, valid or not; 0 before the first.");
  }
  make_phases(target);
  make_failures(target);
  text_ = std::make_shared<const Exposition>(render(registry_));
}

prometheus::Gauge& TargetSeries::gauge(const std::string& name, const std::string& help,
                                       Labels labels) {
  labels.insert(base_.begin(), base_.end());
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels);
}

prometheus::Counter& TargetSeries::counter(const std::string& name, const std::string& help,
                                           Labels labels) {
  labels.insert(base_.begin(), base_.end());
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels);
}

void TargetSeries::make_phases(const Target& target) {
  for (const Phase phase : kPhases) {
    if (!has_phase(target, phase)) continue;
    Labels labels{{"phase", std::string(to_string(phase))}};
    auto& series = phases_.at(static_cast<std::size_t>(phase));
    series.last = &gauge("reachd_last_phase_duration_seconds",
                         "Time of a phase in the latest round that got through it, 0 if the latest "
                         "round did not.",
                         labels);
    labels.insert(base_.begin(), base_.end());
    series.histogram = &prometheus::BuildHistogram()
                            .Name("reachd_phase_duration_seconds")
                            .Help("Time of a phase, of the rounds that got through it.")
                            .Register(registry_)
                            .Add(labels, kBuckets);
  }
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

prometheus::Counter& TargetSeries::failures(Stage stage, Word word) {
  auto& series = failures_[{stage, word}];
  if (series == nullptr) {
    series = &counter(
        "reachd_failures_total", "Failed steps by stage and failure.",
        {{"stage", std::string(to_string(stage))}, {"failure", std::string(to_string(word))}});
  }
  return *series;
}

void TargetSeries::observe(const Measurement& measurement, const Verdict& verdict,
                           const State& state, const Change* change) {
  count_failures(measurement);
  set_round(measurement, verdict);
  set_state(state);
  count_change(change);
  set_phases(measurement);
  if (measurement.round == Round::deep) set_addresses(measurement);
  set_answer(measurement);
  text_ = std::make_shared<const Exposition>(render(registry_));
}

void TargetSeries::observe_state(const State& state) {
  set_state(state);
  text_ = std::make_shared<const Exposition>(render(registry_));
}

void TargetSeries::count_failures(const Measurement& measurement) {
  for (const std::size_t index : failed_steps(measurement)) {
    const Observation& step = measurement.observations[index];
    failures(step.stage, step.failure->word).Increment();
  }
}

void TargetSeries::set_round(const Measurement& measurement, const Verdict& verdict) {
  rounds_.at(static_cast<std::size_t>(verdict.status))->Increment();
  last_round_->Set(epoch(measurement.began + measurement.runtime));
  for (const Status status : kStatuses) {
    round_status_.at(static_cast<std::size_t>(status))->Set(status == verdict.status ? 1 : 0);
  }
}

void TargetSeries::set_state(const State& state) {
  const Status confirmed = state.confirmed.status;
  for (const Status status : kStatuses) {
    status_.at(static_cast<std::size_t>(status))->Set(status == confirmed ? 1 : 0);
  }
  reachable_->Set(confirmed == Status::ok ? 1 : 0);
  since_->Set(std::max(0.0, epoch(state.since)));
  set_kinds(state.confirmed.kinds);
}

// To be known better is no change, nor is to be known at all.
void TargetSeries::count_change(const Change* change) {
  if (change == nullptr) return;
  if (change->passage == Passage::refined || change->passage == Passage::settled) return;
  changes_.at(static_cast<std::size_t>(change->to.status))->Increment();
}

void TargetSeries::set_kinds(const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds) {
    auto& series = kinds_[kind];
    if (series == nullptr) {
      series =
          &gauge("reachd_target_kind", "1 for each kind of trouble in force.", {{"kind", kind}});
    }
  }
  for (auto& [kind, series] : kinds_) {
    series->Set(std::ranges::find(kinds, kind) != kinds.end() ? 1 : 0);
  }
}

void TargetSeries::set_phases(const Measurement& measurement) {
  const Phases phases = phases_of(measurement);
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const PhaseSeries& series = phases_.at(i);
    if (series.last == nullptr) continue;
    series.last->Set(phases.at(i) ? seconds(*phases.at(i)) : 0);
    if (phases.at(i)) series.histogram->Observe(seconds(*phases.at(i)));
  }
}

void TargetSeries::set_addresses(const Measurement& measurement) {
  std::array<std::set<std::string>, 2> tried;
  std::array<std::set<std::string>, 2> broken;
  for (const Observation& step : measurement.observations) {
    if (step.stage == Stage::dns || step.depth != 0) continue;
    const auto family = static_cast<std::size_t>(is_ipv6(step.peer) ? Family::ipv6 : Family::ipv4);
    tried.at(family).insert(step.peer.address);
    if (step.failure) broken.at(family).insert(step.peer.address);
  }
  for (std::size_t family = 0; family < tried.size(); ++family) {
    addresses_.at(family)->Set(static_cast<double>(tried.at(family).size()));
    addresses_reachable_.at(family)->Set(
        static_cast<double>(tried.at(family).size() - broken.at(family).size()));
  }
}

void TargetSeries::set_answer(const Measurement& measurement) {
  int status = 0;
  double speed = 0;
  std::int64_t not_after = 0;
  for (const Observation& step : measurement.observations) {
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
  if (http_status_ != nullptr) http_status_->Set(status);
  if (speed_ != nullptr) speed_->Set(speed);
  if (certificate_ != nullptr && not_after != 0) {
    certificate_->Set(static_cast<double>(not_after));
  }
}

}  // namespace reachd
