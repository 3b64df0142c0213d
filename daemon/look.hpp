// One look at one target: the ladder, the controls that vouch for it, and, if it went wrong by
// nobody here's fault, the diagnosis; then the verdict. The same for the daemon and `reachd probe`.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "daemon/instruments.hpp"
#include "probes/diagnosis/diagnosis.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/ladder.hpp"
#include "probes/measurement.hpp"

namespace reachd {

struct Look {
  Measurement measurement;
  Verdict verdict;
  std::optional<Postponed> postponed;  // what the diagnosis would like to do later
};

// `past` is what the judge is told of earlier rounds. Without `may_diagnose` the ladder is all.
// Never null; a pointer because a thousand looks wait at a time, most of them having seen nothing.
boost::asio::awaitable<std::unique_ptr<Look>> look_at(Instruments& instruments, SharedTarget target,
                                                      Climb climb, Past past, bool may_diagnose);

// One round of a control: its result is noted for those that it vouches for.
boost::asio::awaitable<std::unique_ptr<Look>> look_at_control(Instruments& instruments,
                                                              SharedTarget target, Climb climb);

}  // namespace reachd
