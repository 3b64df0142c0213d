// What the daemon knows of each target at this moment: what the page, the API and `reachd status`
// show. A value in memory, written by examine(), read by routes; nothing here decides anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/events/chronicle.hpp"
#include "daemon/memory.hpp"
#include "daemon/round_record.hpp"
#include "daemon/timeline.hpp"
#include "daemon/tracker/state.hpp"
#include "daemon/tracker/vantage_track.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

struct TargetBoard {
  static constexpr std::size_t kRounds = 60;         // records kept
  static constexpr std::size_t kCompactRounds = 16;  // of a compact target: what the judge reads
  SharedTarget target;
  State state;                    // what is confirmed of it
  Memory memory;                  // what its next rounds are judged by; controls have none
  Verdict verdict;                // of the latest round
  std::optional<WallTime> since;  // when the rounds' status became what it is
  Rounds rounds;
  Timeline timeline;                               // of all rounds, put together
  std::uint64_t fill = 0;                          // which filling from the store it is part of
  std::shared_ptr<const Measurement> last;         // latest round; null before the first
  std::shared_ptr<const Measurement> last_failed;  // latest of `rounds` that was not ok; or null
  Verdict failed_verdict;                          // of that
  WallTime saved;                                  // when its state went to the store
  bool unsaved = false;                            // it has changed since, in nothing that matters
};

struct Board {
  std::map<std::string, TargetBoard> targets;   // by "service/target", controls apart
  std::map<std::string, TargetBoard> controls;  // by "control.foreign/host"
  VantageName vantage;
  VantageState vantage_state;
  Chronicle chronicle;  // events, the latest ones
  WallTime started;
  std::uint64_t plans = 0;  // times that the targets were set: pointers into the maps hold as long
  std::uint64_t fills = 0;  // times that timelines were filled from the store
  bool ready = false;       // every target had its first round, or its first interval has passed
  bool stopping = false;
  std::chrono::steady_clock::time_point last_turn;  // the loop turned
};

// What to call a target: what is confirmed, or what the latest round says where nothing is, or
// where it says that nothing can be said just now.
Condition shown(const TargetBoard& target);
Status shown_status(const TargetBoard& target);  // of that
// Since when that holds; nothing before the first round.
std::optional<WallTime> shown_since(const TargetBoard& target);

// Makes the board hold exactly these targets; those it held already keep what is known of them.
void set_targets(Board& board, const Config& config);
// Files a finished round.
void record(TargetBoard& target, std::shared_ptr<const Measurement> measurement, Verdict verdict,
            WallTime now);
// The first failure of the measurement in words for one line; empty if there is none.
std::string reason_of(const Measurement& measurement);

}  // namespace reachd
