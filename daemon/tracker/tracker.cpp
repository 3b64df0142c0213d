#include "daemon/tracker/tracker.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/tracker/condition.hpp"
#include "daemon/tracker/kinds.hpp"
#include "daemon/tracker/run_length.hpp"

namespace reachd {
namespace {

using std::chrono::duration;
using std::chrono::hours;

constexpr int kPause = 10;             // intervals without a round: what was known grows stale …
constexpr hours kHalfLife{1};          // … by half in this time (science 3)
constexpr hours kFlapHalfLife{12};     // of the memory for comings and goings
constexpr double kFlapping = 3;        // passages of late from which on it is called so
constexpr double kOfLate = 0.98;       // how often rounds fail is known of the last fifty
constexpr double kOfTheRun = 0.9;      // what they say, of the last ten
constexpr double kFewRounds = 8;       // that are still to come are worth hurrying for
constexpr std::size_t kKindsRead = 8;  // of one round
constexpr hours kNewNormal{24 * 7};    // after a week slowness is how the target is
const double kThreefold = std::log(3);

double halved(WallTime::duration by, hours half_life) {
  return std::exp2(-duration<double>(by) / duration<double>(half_life));
}

void fade(Run& run, double factor) {
  run.sum *= factor;
  if (run.sum < 0.01) run = {};
}

// A pause proves nothing, and what was suspected before it is old news.
void fade(State& state, const Sighting& sighting) {
  if (state.last == WallTime{}) return;
  const auto gap = sighting.at - state.last;
  if (gap <= sighting.interval * kPause) return;
  const double factor = halved(gap, kHalfLife);
  for (Run* run : {&state.fast, &state.slow, &state.other, &state.recovery}) fade(*run, factor);
  for (KindSum& kind : state.kinds) {
    kind.fast *= factor;
    kind.slow *= factor;
  }
  for (double& weight : state.tally) weight *= factor;
}

bool is_throttled(const Condition& condition) {
  return !condition.kinds.empty() && std::ranges::all_of(condition.kinds, [](const auto& kind) {
    return is_within(kind, "throttle");
  });
}

struct Taken {
  Seen seen;
  double p0 = 0;  // probability of a failure like this by mere chance
};

// An answer that is slow beyond all history is a round that went wrong, unless it says that worse
// is over.
Taken take(const State& state, const Sighting& sighting, double p0) {
  Taken taken{{sighting.status, sighting.kinds}, p0};
  std::vector<std::string>& kinds = taken.seen.kinds;
  if (kinds.size() > kKindsRead) kinds.resize(kKindsRead);
  std::ranges::sort(kinds);
  kinds.erase(std::ranges::unique(kinds).begin(), kinds.end());
  if (sighting.status != Status::ok) return taken;
  if (!is_sound(state.confirmed) && !is_throttled(state.confirmed)) return taken;
  const auto judge = [&](const History& history, double value, const char* kind) {
    if (!is_beyond(history, value, kThreefold)) return;
    taken.seen = {Status::impaired, {kind}};
    taken.p0 = std::max(p0, 1 / (static_cast<double>(history.values.size()) + 1));
  };
  if (sighting.seconds > 0) judge(state.latency, std::log(sighting.seconds), "throttle.latency");
  const double others = sighting.control_bytes_per_second;
  const double speed = sighting.bytes_per_second;
  const bool line_is_slow = others > 0 && others < 3 * speed;
  if (speed > 0 && !line_is_slow) judge(state.speed, -std::log(speed), "throttle.rate");
  return taken;
}

void step(Run& run, double weight, const State& state, WallTime at) {
  const bool rises = run.sum <= 0 && weight > 0;
  run.sum = std::max(0.0, run.sum + weight);
  if (rises) run.onset = {state.agreed, at};
  if (run.sum <= 0) run = {};
}

// Each kind, and each of its ancestors, has sums of its own.
void step_kinds(State& state, const std::vector<std::string>& kinds, const Weights& fast,
                const Weights& slow) {
  std::vector<std::string> paths;
  for (const std::string& kind : kinds) {
    for (std::string& path : path_and_ancestors(kind)) paths.push_back(std::move(path));
  }
  std::ranges::sort(paths);
  paths.erase(std::ranges::unique(paths).begin(), paths.end());
  for (std::string& path : paths) {
    const bool known =
        std::ranges::any_of(state.kinds, [&](const KindSum& kind) { return kind.path == path; });
    if (!known && state.kinds.size() < State::kKindSums) state.kinds.push_back({path, 0, 0});
  }
  for (KindSum& kind : state.kinds) {
    const bool here = std::ranges::binary_search(paths, kind.path);
    kind.fast = std::max(0.0, kind.fast + (here ? fast.up : fast.down));
    kind.slow = std::max(0.0, kind.slow + (here ? slow.up : slow.down));
  }
  std::erase_if(state.kinds, [](const KindSum& kind) { return kind.fast <= 0 && kind.slow <= 0; });
}

void count(State& state, const Seen& seen) {
  for (double& weight : state.tally) weight *= kOfTheRun;
  state.tally[static_cast<std::size_t>(seen.status)] += 1;
}

// Rounds that passed count when one has failed after them: before, they may be of a recovery.
void count_failing(State& state, bool failed) {
  if (!failed) {
    state.pending += 1;
    return;
  }
  state.failures = state.failures * kOfLate + 1;
  state.passes = state.passes * kOfLate + state.pending;
  state.pending = 0;
}

// How often rounds of the trouble fail (Laplace's rule of succession).
double share_failing(const State& state, double p0) {
  const double share = (state.failures + 1) / (state.failures + state.passes + 2);
  return std::clamp(share, std::max(0.2, 1.5 * p0), 0.985);
}

void forget_run(State& state) {
  state.fast = state.slow = state.other = state.recovery = {};
  state.kinds.clear();
  state.tally = {};
}

Change pass(State& state, Passage passage, Condition to, const Onset& onset,
            const Sighting& sighting) {
  Change change{passage, state.confirmed, std::move(to), onset, sighting.at, sighting.rule, {}};
  if (passage == Passage::trouble || passage == Passage::recovery || passage == Passage::method) {
    state.flaps =
        1 + state.flaps * halved(std::max(WallTime::duration::zero(), sighting.at - state.flapped),
                                 kFlapHalfLife);
    state.flapped = sighting.at;
    change.flapping = state.flaps >= kFlapping;
  }
  StatusWeights tally = state.tally;
  if (change.to.status == Status::ok) tally = {};
  if (change.to.status == Status::ok) tally[static_cast<std::size_t>(Status::ok)] = 1;
  state.confirmed = change.to;
  state.since = onset.before;
  begin_shares(state, tally);
  if (passage != Passage::trouble) state.failures = state.passes = state.pending = 0;
  forget_run(state);
  return change;
}

std::optional<Change> refined(State& state, const Seen& seen, const Sighting& sighting) {
  Condition to = refine(state, seen);
  if (to == state.confirmed) return {};
  const Change change{Passage::refined, state.confirmed, to, {sighting.at, sighting.at},
                      sighting.at,      sighting.rule,   {}};
  state.confirmed = std::move(to);
  return change;
}

// Whether a few more rounds like this would be enough.
bool is_near(double sum, double threshold, double weight) {
  return weight > 0 && threshold - sum <= kFewRounds * weight;
}

// While it is ok, or nothing is known.
Tracked watch(State state, const Taken& taken, const Sighting& sighting,
              const Thresholds& thresholds) {
  const Seen& seen = taken.seen;
  const bool failed = seen.status != Status::ok;
  Weights fast = weights_of(thresholds.p0, kFast, kCap);
  Weights slow = weights_of(thresholds.p0, kSlow, kCap);
  fast.up = sighting.artefact ? kCap : std::min(fast.up, std::log(kFast / taken.p0));
  slow.up = sighting.artefact ? kCap : std::min(slow.up, std::log(kSlow / taken.p0));
  if (state.fast.sum <= 0 && state.slow.sum <= 0) {
    state.failures = state.passes = state.pending = 0;
    state.tally = {};
  }
  step(state.fast, failed ? fast.up : fast.down, state, sighting.at);
  step(state.slow, failed ? slow.up : slow.down, state, sighting.at);
  step_kinds(state, failed ? seen.kinds : std::vector<std::string>{}, fast, slow);
  count_failing(state, failed);
  if (failed) count(state, seen);

  const bool by_fast = state.fast.sum >= thresholds.fast;
  if (by_fast || state.slow.sum >= thresholds.slow) {
    const Run run = by_fast ? state.fast : state.slow;
    Condition to{status_of(state.tally),
                 kinds_of(state.kinds, run.sum, by_fast ? &KindSum::fast : &KindSum::slow)};
    const Change change = pass(state, Passage::trouble, std::move(to), run.onset, sighting);
    return {std::move(state), change, false};
  }
  if (failed) {
    const bool soon = is_near(state.fast.sum, thresholds.fast, fast.up);
    return {std::move(state), {}, soon};
  }
  if (state.confirmed.status == Status::insufficient) {
    if (state.fast.sum > 0) return {std::move(state), {}, false};
    const Run slow_run = state.slow;
    const Change change = pass(state, Passage::settled, {Status::ok, seen.kinds},
                               {WallTime{}, sighting.at}, sighting);
    state.slow = slow_run;
    return {std::move(state), change, false};
  }
  const auto change = refined(state, seen, sighting);
  return {std::move(state), change, false};
}

// While something is wrong.
Tracked wait(State state, const Taken& taken, const Sighting& sighting, const Detector& detector) {
  const Seen& seen = taken.seen;
  const double p0 = detector.at(sighting.p0).p0;
  const Weights back = weights_of(1 - share_failing(state, p0), 1 - p0, kCap);
  const bool failed = seen.status != Status::ok;
  const bool same = is_of(seen, state.confirmed);
  step(state.recovery, failed ? back.down : back.up, state, sighting.at);
  count_failing(state, failed);
  if (!failed) {
    const double since =
        state.flaps *
        halved(std::max(WallTime::duration::zero(), sighting.at - state.flapped), kFlapHalfLife);
    const double threshold = detector.at(sighting.p0).recovery * std::clamp(since / 2, 1.0, 4.0);
    if (state.recovery.sum >= threshold) {
      const Change change =
          pass(state, Passage::recovery, {Status::ok, seen.kinds}, state.recovery.onset, sighting);
      return {std::move(state), change, false};
    }
    const bool soon = is_near(state.recovery.sum, threshold, back.up);
    return {std::move(state), {}, soon};
  }

  Weights stray = weights_of(kStray, kFast, kCap);
  if (sighting.artefact) stray.up = kCap;
  step(state.other, same ? stray.down : stray.up, state, sighting.at);
  step_kinds(state, same ? std::vector<std::string>{} : seen.kinds, stray, stray);
  if (same) {
    if (state.other.sum <= 0) state.tally = {};
    const auto change = refined(state, seen, sighting);
    return {std::move(state), change, false};
  }
  count(state, seen);
  const double threshold = detector.at(kStray).fast;
  if (state.other.sum < threshold) {
    const bool soon = is_near(state.other.sum, threshold, stray.up);
    return {std::move(state), {}, soon};
  }
  const Run run = state.other;
  Condition to{status_of(state.tally), kinds_of(state.kinds, run.sum, &KindSum::fast)};
  const Change change = pass(state, Passage::method, std::move(to), run.onset, sighting);
  return {std::move(state), change, false};
}

// What it used to be is learnt while all is well only, or slowness would become the measure.
void learn(State& state, const Sighting& sighting) {
  if (is_throttled(state.confirmed) && sighting.at - state.since > kNewNormal) {
    state.speed = state.latency = {};
  }
  if (state.confirmed.status != Status::ok || state.fast.sum > 0) return;
  if (sighting.bytes_per_second > 0) {
    learn(state.speed, -std::log(sighting.bytes_per_second), sighting.at);
  }
  if (sighting.seconds > 0) learn(state.latency, std::log(sighting.seconds), sighting.at);
}

}  // namespace

std::string_view to_string(Passage passage) {
  switch (passage) {
    case Passage::settled:
      return "settled";
    case Passage::trouble:
      return "trouble";
    case Passage::recovery:
      return "recovery";
    case Passage::method:
      return "method";
    case Passage::refined:
      return "refined";
  }
  return "";
}

Tracked track(const State& before, const Sighting& sighting, const Detector& detector) {
  if (!sighting.vouched || sighting.status == Status::insufficient) return {before, {}, false};
  State state = before;
  fade(state, sighting);
  const Thresholds& thresholds = detector.at(sighting.p0);
  const Taken taken = take(state, sighting, thresholds.p0);
  Tracked tracked = is_sound(state.confirmed) ? watch(std::move(state), taken, sighting, thresholds)
                                              : wait(std::move(state), taken, sighting, detector);
  if (is_of(taken.seen, tracked.state.confirmed)) {
    tracked.state.agreed = sighting.at;
    learn(tracked.state, sighting);
  }
  tracked.state.last = sighting.at;
  return tracked;
}

}  // namespace reachd
