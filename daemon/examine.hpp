// The spine: one round of one target from measuring to telling, as a list. Every step is a call
// whose result is the next one's argument.
#pragma once

#include <map>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "daemon/board.hpp"
#include "daemon/board_index.hpp"
#include "daemon/instruments.hpp"
#include "daemon/ledger.hpp"
#include "daemon/look.hpp"
#include "daemon/metrics.hpp"
#include "daemon/scheduler.hpp"

namespace reachd {

// What a round works with; owned by the App, outlives every round.
struct Parts {
  Instruments& instruments;
  const Config& config;
  Board& board;
  Metrics& metrics;
  Ledger& ledger;
  BoardIndex index = {};
  std::map<std::string, Postponed> postponed = {};  // by target: what its next round begins with
};

// A round that ends in an exception is a bug. It yields when its ladder only listens any more.
boost::asio::awaitable<Scheduler::Next> examine(Parts& parts, Scheduler::Assignment assignment,
                                                Scheduler::Yield yield);

// When to look again: soon after something broke, ever later while it stays broken. `rounds` is
// newest first and holds the round just filed. `suspicious`: the detector is about to confirm a
// change, so that another look soon is worth while. `wants_quiet`: a censor may be punishing what
// the round visited, and its next questions mean something only after that.
Scheduler::Next next_look(const Rounds& rounds, bool suspicious = false, bool wants_quiet = false);

}  // namespace reachd
