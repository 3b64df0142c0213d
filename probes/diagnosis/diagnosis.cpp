#include "probes/diagnosis/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "probes/diagnosis/case.hpp"
#include "probes/judge/speed.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

using diagnosis::Broken;
using diagnosis::Case;

asio::awaitable<void> look_closer(Case& at) {
  co_await diagnosis::ask_around(at);
  if (is_worth_weighing(at.measurement)) {
    co_await diagnosis::weigh(at);  // the handshake came through: who says which name is known
  } else {
    co_await diagnosis::try_elsewhere(at);
  }
  co_await diagnosis::try_again(at);
}

asio::awaitable<HelperAnswer> second_opinion(Case& at) {
  return ask_helper(at.tools.way, at.tools.resolvers, at.tools.helpers,
                    question_of(at.target, at.addresses));
}

// Where the target's name was said and failed: one place a family, the one that is quiet first.
std::optional<Postponed> postpone(const Case& at, Clock::time_point now) {
  std::map<bool, Endpoint> places;
  const auto quiet_at = [&](const Endpoint& peer) { return at.tools.residual.clear_at(peer, now); };
  for (const Broken& broken : at.broken) {
    if (broken.stage == Stage::tcp) continue;
    const auto [place, fresh] = places.emplace(is_ipv6(broken.peer), broken.peer);
    if (!fresh && quiet_at(broken.peer) < quiet_at(place->second)) place->second = broken.peer;
  }
  if (places.empty()) return std::nullopt;
  Postponed postponed{{}, now};
  for (const auto& [ipv6, place] : places) {
    postponed.at = std::max(postponed.at, quiet_at(place));
    postponed.endpoints.push_back(place);
  }
  return postponed;
}

}  // namespace

asio::awaitable<Diagnosed> diagnose(DiagnosisTools tools, Target target, Measurement measurement,
                                    Climb climb, Clock::time_point start) {
  climb.round = Round::deep;  // questions are listened on to the end
  Case at = diagnosis::open_case(tools, target, measurement, climb, start);
  using namespace asio::experimental::awaitable_operators;
  HelperAnswer answer = co_await (second_opinion(at) && diagnosis::go_round(at) && look_closer(at));

  Diagnosed diagnosed;
  diagnosed.postponed = postpone(at, Clock::now());
  std::vector<Observation> found = std::move(at.found);
  diagnosed.measurement = std::move(measurement);
  auto& whole = diagnosed.measurement;
  whole.helper = std::move(answer.report);
  whole.helper_failure = std::move(answer.failure);
  std::ranges::move(found, std::back_inserter(whole.observations));
  std::ranges::sort(whole.observations, {}, [](const Observation& step) {
    return std::tuple(step.began, step.transaction, step.stage);
  });
  whole.runtime = std::chrono::duration_cast<Micros>(Clock::now() - start);
  co_return diagnosed;
}

asio::awaitable<Measurement> hear_outside(DiagnosisTools tools, Target target,
                                          Measurement measurement, Climb climb,
                                          Clock::time_point start) {
  Case at = diagnosis::open_case(tools, target, measurement, climb, start);
  HelperAnswer answer = co_await second_opinion(at);
  measurement.helper = std::move(answer.report);
  measurement.helper_failure = std::move(answer.failure);
  measurement.runtime = std::chrono::duration_cast<Micros>(Clock::now() - start);
  co_return measurement;
}

}  // namespace reachd
