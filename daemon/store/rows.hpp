// What the store keeps, as plain values: nothing in here knows SQLite, and of a target's state and
// of an event only their owner knows what the JSON means. Times are kept to the microsecond.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/phases.hpp"
#include "daemon/when.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd::store {

// The latest state of one target (or of the vantage) with its detector's sums.
struct StateRow {
  std::string id;  // "service/target"; unique
  std::string json;
  WallTime updated;
  bool operator==(const StateRow&) const = default;
};

// One confirmed passage. The same number again replaces it.
struct EventRow {
  std::int64_t number = 0;  // > 0
  std::string json;
  WallTime opened;
  WallTime updated;
  std::optional<WallTime> closed;
  bool operator==(const EventRow&) const = default;
};

// What was told of an alert; gone once its owner drops it.
struct AlertRow {
  std::string fingerprint;
  std::string json;
  bool operator==(const AlertRow&) const = default;
};

// One finished round, in short.
struct RoundRow {
  std::string target;  // "service/target"
  WallTime began;
  Round round = Round::light;
  Status status = Status::insufficient;
  std::string rule;
  std::vector<std::string> kinds;
  std::string reason;  // at most kMostReason bytes are kept
  Micros runtime{0};
  Phases phases;
  bool operator==(const RoundRow&) const = default;
};
inline constexpr std::size_t kMostReason = 300;

// One hour of a target. Percentiles are of the rounds that had the phase (nearest rank).
struct HourRow {
  std::string target;
  WallTime hour;                                        // its beginning, UTC
  std::array<std::int64_t, kStatuses.size()> rounds{};  // by status, in the order of kStatuses
  Phases median;
  Phases p95;
  bool operator==(const HourRow&) const = default;
};

// Rounds of one target with one status, in a span of time.
struct OutcomeRow {
  std::string target;
  Status status = Status::insufficient;
  std::uint64_t rounds = 0;
  std::optional<Micros> latency;  // mean of all phases but the transfer; of single rounds only
  bool operator==(const OutcomeRow&) const = default;
};

// What a start finds.
struct Saved {
  std::vector<StateRow> states;
  std::vector<EventRow>
      events;  // those still open, and those opened in the last 48 hours; by number
  std::vector<AlertRow> alerts;
  std::int64_t last_event = 0;  // the highest number ever used, 0: none
  bool operator==(const Saved&) const = default;
};

RoundRow round_row(const Measurement& measurement, const Verdict& verdict, std::string reason);

}  // namespace reachd::store
