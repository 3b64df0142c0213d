#include "daemon/look.hpp"

#include <memory>
#include <utility>

#include "probes/judge/judge.hpp"
#include "probes/judge/speed.hpp"
#include "probes/judge/vantage.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

// Diagnoses at once: when all fails at the same time, none of them would say more than a few.
constexpr int kMostDiagnoses = 4;

// Of all that is in the measurement by now.
Verdict judge_all(const Instruments& instruments, Measurement& measurement) {
  measurement.fingerprints = find_all(instruments.fingerprints, measurement);
  return judge(measurement);
}

bool calls_for_diagnosis(const Look& look) {
  if (look.verdict.status == Status::insufficient) return false;
  return look.verdict.status != Status::ok || is_worth_weighing(look.measurement);
}

// An answer in clear looks well, whoever wrote it: now and then the outside is asked what it gets.
bool calls_for_outside(const Instruments& instruments, const Look& look) {
  return look.measurement.scheme == Scheme::http && look.measurement.round == Round::deep &&
         look.verdict.status == Status::ok && !instruments.helpers.empty();
}

asio::awaitable<Measurement> climb_for(Instruments& instruments, const SharedTarget& target,
                                       const Climb& climb) {
  if (auto lane = lane_of(instruments.lanes, *target)) {
    return climb_on(std::move(lane), target, climb);
  }
  return reachd::climb(instruments.way, instruments.resolvers, *target, climb);
}

DiagnosisTools tools_of(Instruments& instruments) {
  return {instruments.way, instruments.resolvers, instruments.controls, instruments.helpers,
          instruments.residual};
}

// What the ladder saw, as it stands for judging: with the past and the controls of its time.
std::unique_ptr<Look> judge_first(Instruments& instruments, const Target& target,
                                  Measurement measurement, Past past, Clock::time_point start) {
  auto look = std::make_unique<Look>();
  look->measurement = std::move(measurement);
  look->measurement.unmet = unmet_expectation(look->measurement, target.expect);
  instruments.residual.note(look->measurement.observations, start);
  look->measurement.past = std::move(past);
  look->measurement.controls = instruments.witnesses.near(start);
  look->verdict = judge_all(instruments, look->measurement);
  return look;
}

// Something is wrong, or may be: are we ourselves online, and if so, how is it wrong?
asio::awaitable<void> follow_up(Instruments& instruments, const Target& target, const Climb& climb,
                                Clock::time_point start, Look& look) {
  co_await instruments.witnesses.refresh(instruments.way, instruments.resolvers, climb, start);
  auto controls = instruments.witnesses.near(start);
  if (controls != look.measurement.controls) {  // of the same facts it would say the same
    look.measurement.controls = std::move(controls);
    look.verdict = judge_all(instruments, look.measurement);
  }
  const bool online = judge_vantage(look.measurement.controls).status == VantageStatus::online;
  if (!online || !calls_for_diagnosis(look)) co_return;
  if (instruments.diagnoses >= kMostDiagnoses) co_return;

  ++instruments.diagnoses;
  const std::shared_ptr<void> done(nullptr, [&](void*) { --instruments.diagnoses; });
  Diagnosed diagnosed =
      co_await diagnose(tools_of(instruments), target, std::move(look.measurement), climb, start);
  look.measurement = std::move(diagnosed.measurement);
  look.postponed = std::move(diagnosed.postponed);
  look.verdict = judge_all(instruments, look.measurement);
}

asio::awaitable<void> ask_outside(Instruments& instruments, const Target& target,
                                  const Climb& climb, Clock::time_point start, Look& look) {
  look.measurement = co_await hear_outside(tools_of(instruments), target,
                                           std::move(look.measurement), climb, start);
  look.verdict = judge_all(instruments, look.measurement);
}

}  // namespace

asio::awaitable<std::unique_ptr<Look>> look_at(Instruments& instruments, SharedTarget target,
                                               Climb climb, Past past, bool may_diagnose) {
  past.pinned = target->pins;
  climb.object = climb.object || was_slow(past);
  Measurement measurement = co_await climb_for(instruments, target, climb);
  climb.only_listens = nullptr;  // what may follow climbs for others
  const Clock::time_point start = Clock::now() - measurement.runtime;
  auto look = judge_first(instruments, *target, std::move(measurement), std::move(past), start);
  if (may_diagnose && calls_for_outside(instruments, *look)) {
    co_await ask_outside(instruments, *target, climb, start, *look);
  }
  const bool fine = look->verdict.status == Status::ok && !calls_for_diagnosis(*look);
  if (may_diagnose && !fine) co_await follow_up(instruments, *target, climb, start, *look);
  co_return look;
}

asio::awaitable<std::unique_ptr<Look>> look_at_control(Instruments& instruments,
                                                       SharedTarget target, Climb climb) {
  Measurement measurement =
      co_await reachd::climb(instruments.way, instruments.resolvers, *target, climb);
  measurement.unmet = unmet_expectation(measurement, target->expect);
  instruments.witnesses.note(measurement, Clock::now() - measurement.runtime);
  auto look = std::make_unique<Look>();
  look->measurement = std::move(measurement);
  look->verdict = judge_all(instruments, look->measurement);
  co_return look;
}

}  // namespace reachd
