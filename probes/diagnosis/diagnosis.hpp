// Finds out how a target that failed is failing: more questions, in an order that does not spoil
// the answers. Everything it does is an observation with its purpose; it says nothing of what they
// mean. Never says an innocent name where a censor may still be punishing the target's (Residual).
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "probes/control/ask_helper.hpp"
#include "probes/diagnosis/residual.hpp"
#include "probes/ladder.hpp"
#include "probes/measurement.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

// What a diagnosis works with. References to what the composition root owns.
struct DiagnosisTools {
  net::WayOut& way;
  net::Resolvers& resolvers;
  const ControlSettings& controls;
  const std::vector<HelperDoor>& helpers;
  Residual& residual;
};

// What cannot be done yet: no innocent name may be tried at these before `at`, where the target's
// has just failed. The next climb should come then and take them as Climb::innocent_first: a proof
// that is to be given in two rounds needs both.
struct Postponed {
  std::vector<Endpoint> endpoints;  // at most one a family
  Clock::time_point at;
};

struct Diagnosed {
  Measurement measurement;  // with the further observations, the helper's report, a longer runtime
  std::optional<Postponed> postponed;
};

// For a measurement of which something failed that is not our own fault; `start` is when it began
// and its steps are noted in the residual already. Some seconds long; the pace is kept.
//   at once    the helper; the same through the proxy
//   names      every resolver; an innocent name where one failed; the address that runs no DNS,
//              first for an innocent name, then for the target's
//   addresses  of those that had no hit lately: an innocent name, then the target's (at most two);
//              packets that die on the way, at a third
//   much       instead of the former where answers came slowly or broke off in the middle of much:
//              the large object under an innocent name, then under the target's
//   again      what failed, once more from another port; other ports of an address that does not
//              take connections; in the third silent round a last, patient connection there
boost::asio::awaitable<Diagnosed> diagnose(DiagnosisTools tools, Target target,
                                           Measurement measurement, Climb climb,
                                           Clock::time_point start);

// Only what the helper sees, for an answer in clear: whoever wrote it may be anybody, however well
// it looks. The measurement with the helper's report.
boost::asio::awaitable<Measurement> hear_outside(DiagnosisTools tools, Target target,
                                                 Measurement measurement, Climb climb,
                                                 Clock::time_point start);

}  // namespace reachd
