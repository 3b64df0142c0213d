// How a target's rounds went lately, put together: half hours of a day, days of a month. Held in
// memory beside each target (about 1.4 kB), so that a page of a hundred rows asks nobody; filled
// from the store at the start (see backfill.hpp). Single rounds are the store's. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "daemon/phases.hpp"
#include "daemon/when.hpp"
#include "probes/judge/verdict.hpp"

namespace reachd {

// Rounds by status, in the order of kStatuses. Shares are kept, not numbers, beyond 65,535.
struct Tally {
  std::array<std::uint16_t, kStatuses.size()> rounds{};

  void add(Status status, std::uint64_t count);
  std::uint32_t of(Status status) const { return rounds.at(static_cast<std::size_t>(status)); }
  std::uint32_t sum() const;
  bool operator==(const Tally&) const = default;
};

// The share of a target's rounds that were ok, from 0 to 1, of those that say anything of it;
// nothing if none does.
std::optional<double> availability(const Tally& tally);

// How long it took until the answer began, as far as it came: all phases but the transfer. Nothing
// if none is known.
std::optional<Micros> latency_of(const Phases& phases);

class Timeline {
 public:
  static constexpr std::size_t kHalfHours = 48;
  static constexpr std::size_t kDays = 30;
  using HalfHour = std::chrono::duration<std::int64_t, std::ratio<1800>>;

  struct Span {
    Tally tally;
    std::uint16_t timed = 0;  // rounds that were ok and had a latency …
    float latency = 0;        // … and their mean, in milliseconds
    bool operator==(const Span&) const = default;
  };

  // A round, or `count` of them at once. `began` may be in any order; what is older than all that
  // is kept is ignored, as is what lies more than a day before the newest for the half hours.
  void add(WallTime began, Status status, std::optional<Micros> latency, std::uint64_t count = 1);
  // The same for one of the two alone.
  void add_half_hours(WallTime began, Status status, std::optional<Micros> latency,
                      std::uint64_t count);
  void add_days(WallTime began, Status status, std::uint64_t count);

  // Oldest first; the last one is under way at `now`.
  std::array<Span, kHalfHours> half_hours(WallTime now) const;
  std::array<Tally, kDays> days(WallTime now) const;

  bool operator==(const Timeline&) const = default;

 private:
  std::int64_t newest_half_hour_ = 0;  // since the epoch; its place is the remainder
  std::int64_t newest_day_ = 0;
  std::array<Span, kHalfHours> half_hours_{};
  std::array<Tally, kDays> days_{};
};

}  // namespace reachd
