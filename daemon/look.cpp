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

asio::awaitable<Measurement> climb_once(Instruments& instruments, const Target& target,
                                        const Climb& climb) {
  Measurement measurement =
      co_await reachd::climb(instruments.way, instruments.resolvers, target, climb);
  measurement.unmet = unmet_expectation(measurement, target.expect);
  co_return measurement;
}

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

}  // namespace

asio::awaitable<Look> look_at(Instruments& instruments, Target target, Climb climb, Past past,
                              bool may_diagnose) {
  Look look;
  past.pinned = target.pins;
  climb.object = climb.object || was_slow(past);
  look.measurement = co_await climb_once(instruments, target, climb);
  const Clock::time_point start = Clock::now() - look.measurement.runtime;
  instruments.residual.note(look.measurement.observations, start);
  look.measurement.past = std::move(past);
  look.measurement.controls = instruments.witnesses.near(start);
  look.verdict = judge_all(instruments, look.measurement);
  const DiagnosisTools tools{instruments.way, instruments.resolvers, instruments.controls,
                             instruments.helpers, instruments.residual};
  if (may_diagnose && calls_for_outside(instruments, look)) {
    look.measurement =
        co_await hear_outside(tools, target, std::move(look.measurement), climb, start);
    look.verdict = judge_all(instruments, look.measurement);
  }
  const bool fine = look.verdict.status == Status::ok && !calls_for_diagnosis(look);
  if (!may_diagnose || fine) co_return look;

  co_await instruments.witnesses.refresh(instruments.way, instruments.resolvers, climb, start);
  look.measurement.controls = instruments.witnesses.near(start);
  look.verdict = judge_all(instruments, look.measurement);
  const bool online = judge_vantage(look.measurement.controls).status == VantageStatus::online;
  if (!online || !calls_for_diagnosis(look)) co_return look;
  if (instruments.diagnoses >= kMostDiagnoses) co_return look;

  ++instruments.diagnoses;
  const std::shared_ptr<void> done(nullptr, [&](void*) { --instruments.diagnoses; });
  Diagnosed diagnosed = co_await diagnose(tools, std::move(target), std::move(look.measurement),
                                          std::move(climb), start);
  look.measurement = std::move(diagnosed.measurement);
  look.postponed = std::move(diagnosed.postponed);
  look.verdict = judge_all(instruments, look.measurement);
  co_return look;
}

asio::awaitable<Look> look_at_control(Instruments& instruments, Target target, Climb climb) {
  Look look;
  look.measurement = co_await climb_once(instruments, target, climb);
  instruments.witnesses.note(look.measurement, Clock::now() - look.measurement.runtime);
  look.verdict = judge_all(instruments, look.measurement);
  co_return look;
}

}  // namespace reachd
