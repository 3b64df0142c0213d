#include "daemon/tracker/sighting.hpp"

#include <algorithm>

#include "probes/judge/vantage.hpp"

namespace reachd {
namespace {

double as_seconds(Micros time) {
  return std::chrono::duration<double>(time).count();
}

// Without controls there is nobody to ask but the helper: if that could not be reached, our own
// line may have been down.
bool is_vouched_for(const Measurement& measurement, const Verdict& verdict) {
  if (verdict.status == Status::ok) return true;
  if (verdict.status == Status::insufficient) return false;
  if (measurement.controls.empty()) return !measurement.helper_failure.has_value();
  const Vantage vantage = judge_vantage(measurement.controls);
  return vantage.status == VantageStatus::online && vantage.vouched;
}

// A block that is proved by an innocent name passing could still be a run of bad luck.
bool rests_on_artefact(const Verdict& verdict) {
  return verdict.status == Status::blocked && !verdict.rule.ends_with(".swap_ok");
}

// The ladder's first answer, without the time that its connection waited for our own pace.
double first_answer(const Measurement& measurement) {
  for (const Observation& answer : measurement.observations) {
    const auto* seen = std::get_if<HttpSeen>(&answer.seen);
    const bool counts = seen != nullptr && answer.purpose == Purpose::ladder && answer.depth == 0 &&
                        !answer.failure && seen->first_byte > Micros{0};
    if (!counts) continue;
    Micros sum = seen->first_byte;
    for (const Observation& step : measurement.observations) {
      const bool below = step.stage == Stage::tcp || step.stage == Stage::tls;
      if (below && step.transaction == answer.transaction) sum += step.took;
    }
    return as_seconds(sum);
  }
  return 0;
}

}  // namespace

Sighting sight(const Measurement& measurement, const Verdict& verdict, double p0,
               std::chrono::milliseconds interval) {
  Sighting sighting;
  sighting.at = measurement.began;
  sighting.status = verdict.status;
  sighting.kinds = verdict.kinds;
  sighting.rule = verdict.rule;
  sighting.vouched = is_vouched_for(measurement, verdict);
  sighting.artefact = rests_on_artefact(verdict);
  sighting.p0 = p0;
  sighting.interval = interval;
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<HttpSeen>(&step.seen);
    if (seen == nullptr || step.purpose != Purpose::ladder) continue;
    sighting.bytes_per_second = std::max(sighting.bytes_per_second, seen->bytes_per_second);
  }
  for (const ControlResult& control : measurement.controls) {
    if (control.side != Side::foreign || !control.ok) continue;
    sighting.control_bytes_per_second =
        std::max(sighting.control_bytes_per_second, control.bytes_per_second);
  }
  sighting.seconds = first_answer(measurement);
  return sighting;
}

}  // namespace reachd
