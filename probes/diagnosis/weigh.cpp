#include <algorithm>
#include <optional>
#include <utility>

#include "probes/diagnosis/case.hpp"
#include "probes/judge/speed.hpp"

namespace reachd::diagnosis {
namespace asio = boost::asio;
namespace {

// An address that was not visited, else one of those that were slow and are not punished now.
std::optional<Endpoint> place_for(const Case& at) {
  const std::vector<Endpoint> quiet = quiet_places(at);
  if (!quiet.empty()) return quiet.front();
  for (const Observation& step : at.measurement.observations) {
    if (!is_worth_weighing(step)) continue;
    if (at.tools.residual.is_clear(step.peer, Clock::now())) return step.peer;
  }
  return std::nullopt;
}

}  // namespace

asio::awaitable<void> weigh(Case& at) {
  const std::optional<Endpoint> place = place_for(at);
  if (!place) co_return;
  if (at.target.scheme == Scheme::https) {
    at.keep(co_await fetch_object(at.ascent, *place, at.tools.controls.innocent));
  }
  at.keep(co_await fetch_object(at.ascent, *place));
}

}  // namespace reachd::diagnosis
