#include "daemon/target_shape.hpp"

#include <initializer_list>

#include "probes/net/url.hpp"

namespace reachd {
namespace {

constexpr std::string_view kFirst = "service_name";
constexpr std::string_view kLast = "target";

constexpr std::array<FamilyHead, TargetShape::kHeads> kFamilies{{
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

}  // namespace

std::span<const FamilyHead> TargetShape::families() {
  return kFamilies;
}

TargetShape::TargetShape(const Target& target)
    : samples(kFamilies, kFirst, kLast),
      reachable(samples.add(kReachable)),
      since(samples.add(kSince)),
      last_round(samples.add(kLastRound)),
      status(by_status(kStatus)),
      rounds(by_status(kRounds)),
      full(target.detail == Detail::full) {
  for (const Phase phase : kPhases) {
    if (full ? has_phase(target, phase) : phase == telling_phase(target)) {
      last_phase.at(static_cast<std::size_t>(phase)) =
          samples.add(kLastPhase, {{"phase", to_string(phase)}});
    }
  }
  if (has_tls(target)) certificate = samples.add(kCertificate);
  if (full) make_full(target);
}

void TargetShape::make_full(const Target& target) {
  round_status = by_status(kRoundStatus);
  changes = by_status(kChanges);
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const auto index = static_cast<std::size_t>(family);
    const SampleShape::Label which{"family", to_string(family)};
    addresses.at(index) = samples.add(kAddresses, {which});
    addresses_reachable.at(index) = samples.add(kAddressesReachable, {which});
  }
  if (is_web(target.scheme)) {
    http_status = samples.add(kHttpStatus);
    speed = samples.add(kSpeed);
  }
  for (const Phase phase : kPhases) {
    if (!has_phase(target, phase)) continue;
    const SampleShape::Label which{"phase", to_string(phase)};
    Histogram& histogram = phases.at(static_cast<std::size_t>(phase)).emplace();
    for (std::size_t i = 0; i < kPhaseBuckets.size(); ++i) {
      histogram.buckets.at(i) = samples.add(kPhase, {which}, "_bucket", kPhaseBuckets.at(i).second);
    }
    histogram.sum = samples.add(kPhase, {which}, "_sum");
    histogram.count = samples.add(kPhase, {which}, "_count");
  }
  make_failures(target);
}

TargetShape::ByStatus TargetShape::by_status(std::size_t family) {
  ByStatus places{};
  for (const Status one : kStatuses) {
    places.at(static_cast<std::size_t>(one)) = samples.add(family, {{"status", to_string(one)}});
  }
  return places;
}

// A counter that appears with its first event has no increase to alert on: the failures that occur
// in practice stand at 0 from the start, the rare ones appear when they do.
void TargetShape::make_failures(const Target& target) {
  const auto make = [&](Stage stage, std::initializer_list<Word> words) {
    for (const Word word : words) {
      failures[{stage, word}] =
          samples.add(kFailures, {{"failure", to_string(word)}, {"stage", to_string(stage)}});
    }
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

TargetShapes::TargetShapes() : none_(kFamilies, kFirst, kLast) {}

std::shared_ptr<const TargetShape> TargetShapes::of(const Target& target) {
  auto& shape =
      shapes_[{target.detail, target.scheme, has_tls(target), has_phase(target, Phase::dns)}];
  if (shape == nullptr) shape = std::make_shared<const TargetShape>(target);
  return shape;
}

const TargetShapes::Line& TargetShapes::kind(const std::string& kind) {
  Line& line = kinds_[kind];
  if (line == nullptr) {
    line = std::make_shared<const SampleLine>(none_.line(TargetShape::kKind, {{"kind", kind}}));
  }
  return line;
}

const TargetShapes::Line& TargetShapes::failures(Stage stage, Word word) {
  Line& line = failures_[{stage, word}];
  if (line == nullptr) {
    line = std::make_shared<const SampleLine>(none_.line(
        TargetShape::kFailures, {{"failure", to_string(word)}, {"stage", to_string(stage)}}));
  }
  return line;
}

}  // namespace reachd
