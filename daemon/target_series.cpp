#include "daemon/target_series.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

namespace reachd {
namespace {

double seconds(Micros time) {
  return std::chrono::duration<double>(time).count();
}

double epoch(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

bool of_ladder(const Observation& step) {
  return step.purpose == Purpose::ladder;
}

}  // namespace

TargetSeries::TargetSeries(const Target& target, TargetShapes& shapes)
    : shapes_(&shapes),
      shape_(shapes.of(target)),
      block_({shape_, &shape_->samples}, target.service, target.name) {}

void TargetSeries::set(const std::optional<Place>& place, double value) {
  if (place) block_[*place] = value;
}

void TargetSeries::set_one(const ByStatus& places, Status status) {
  for (const Status one : kStatuses) {
    block_[places.at(static_cast<std::size_t>(one))] = one == status ? 1 : 0;
  }
}

void TargetSeries::observe(const Measurement& measurement, const Verdict& verdict,
                           const State& state, const Change* change) {
  set_round(measurement, verdict);
  set_state(state);
  set_phases(measurement);
  set_answer(measurement);
  if (shape_->full) {
    count_failures(measurement);
    count_change(change);
    if (measurement.round == Round::deep) set_addresses(measurement);
  }
}

void TargetSeries::observe_state(const State& state) {
  set_state(state);
}

void TargetSeries::count_failures(const Measurement& measurement) {
  for (const std::size_t index : failed_steps(measurement)) {
    const Observation& step = measurement.observations[index];
    const auto known = shape_->failures.find({step.stage, step.failure->word});
    if (known != shape_->failures.end()) {
      block_[known->second] += 1;
    } else {
      block_.late(shapes_->failures(step.stage, step.failure->word)) += 1;
    }
  }
}

void TargetSeries::set_round(const Measurement& measurement, const Verdict& verdict) {
  block_[shape_->rounds.at(static_cast<std::size_t>(verdict.status))] += 1;
  block_[shape_->last_round] = epoch(measurement.began + measurement.runtime);
  if (shape_->full) set_one(shape_->round_status, verdict.status);
}

void TargetSeries::set_state(const State& state) {
  set_one(shape_->status, state.confirmed.status);
  block_[shape_->reachable] = state.confirmed.status == Status::ok ? 1 : 0;
  block_[shape_->since] = std::max(0.0, epoch(state.since));
  set_kinds(state.confirmed.kinds);
}

// To be known better is no change, nor is to be known at all.
void TargetSeries::count_change(const Change* change) {
  if (change == nullptr) return;
  if (change->passage == Passage::refined || change->passage == Passage::settled) return;
  block_[shape_->changes.at(static_cast<std::size_t>(change->to.status))] += 1;
}

void TargetSeries::set_kinds(const std::vector<std::string>& kinds) {
  block_.clear_late(TargetShape::kKind);
  for (const std::string& kind : kinds) block_.late(shapes_->kind(kind)) = 1;
}

void TargetSeries::set_phases(const Measurement& measurement) {
  const Phases phases = phases_of(measurement);
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const double took = phases.at(i) ? seconds(*phases.at(i)) : 0;
    set(shape_->last_phase.at(i), took);
    if (!phases.at(i) || !shape_->phases.at(i)) continue;
    const TargetShape::Histogram& histogram = *shape_->phases.at(i);
    for (std::size_t bucket = 0; bucket < histogram.buckets.size(); ++bucket) {
      if (took <= kPhaseBuckets.at(bucket).first) block_[histogram.buckets.at(bucket)] += 1;
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
    block_[shape_->addresses.at(family)] = static_cast<double>(tried.at(family).size());
    block_[shape_->addresses_reachable.at(family)] =
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
  set(shape_->http_status, status);
  set(shape_->speed, speed);
  if (not_after != 0) set(shape_->certificate, static_cast<double>(not_after));
}

}  // namespace reachd
