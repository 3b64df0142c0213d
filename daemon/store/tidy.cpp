// What the store does now and then, in slices so that nothing waits long behind them.
#include <algorithm>
#include <array>
#include <optional>

#include "daemon/store/schema.hpp"
#include "daemon/store/store.hpp"
#include "daemon/store/write_rows.hpp"

namespace reachd::store {
namespace {

using std::chrono::hours;

constexpr std::int64_t kTargetsASlice = 100;
// A round is filed when it ends: an hour is whole only when those begun in it have ended.
constexpr auto kLongestRound = std::chrono::minutes(10);
constexpr const char* kProgress = "SELECT value FROM progress WHERE name = 'aggregated until'";

// Nearest rank; the order of `values` is lost.
std::optional<Micros> percentile(std::vector<std::int64_t>& values, std::size_t percent) {
  if (values.empty()) return std::nullopt;
  const std::size_t rank = std::max<std::size_t>(1, (values.size() * percent + 99) / 100);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::ranges::nth_element(values, at);
  return Micros(*at);
}

struct Sums {
  HourRow row;
  std::array<std::vector<std::int64_t>, kPhases.size()> phases;
};

// The rounds of one hour of one target.
Sums sums_of(Database& database, std::int64_t target, WallTime hour) {
  Sums sums;
  sums.row.hour = hour;
  for (std::int64_t slot = slot_of(hour); slot < slot_of(hour + hours(1)); ++slot) {
    Statement& rows = database.prepared(
        "SELECT status, dns, connect, tls, first_byte, transfer FROM rounds "
        "WHERE slot = ? AND target = ?");
    rows.bind(slot).bind(target);
    while (rows.step()) {
      const std::string status = rows.text(0);
      for (std::size_t i = 0; i < kStatuses.size(); ++i) {
        sums.row.rounds.at(i) += to_string(kStatuses.at(i)) == status ? 1 : 0;
      }
      int column = 1;
      for (auto& phase : sums.phases) {
        if (const auto value = rows.maybe(column++)) phase.push_back(*value);
      }
    }
  }
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    sums.row.median.at(i) = percentile(sums.phases.at(i), 50);
    sums.row.p95.at(i) = percentile(sums.phases.at(i), 95);
  }
  return sums;
}

}  // namespace

bool Store::tidy(WallTime now) {
  bool more = false;
  // In one transaction: half a slice would be done again, not lost.
  attempt([&] {
    Transaction transaction(*database_);
    more = aggregate(now) || prune(now) || shrink();
    transaction.commit();
  });
  return more;
}

// Puts one hour after the other together, some targets a slice.
bool Store::aggregate(WallTime now) {
  const std::int64_t oldest = database_->number("SELECT min(slot) FROM rounds");
  if (oldest == 0) return false;
  const WallTime first = std::chrono::floor<hours>(WallTime(oldest * kSlot));
  const WallTime done(Micros(database_->number(kProgress)));
  const WallTime hour = std::max(first, done);
  if (hour >= std::chrono::floor<hours>(now - kLongestRound)) return false;

  std::vector<std::int64_t> targets;
  Statement& search =
      database_->prepared("SELECT number FROM targets WHERE number > ? ORDER BY number LIMIT ?");
  search.bind(aggregated_).bind(kTargetsASlice);
  while (search.step()) targets.push_back(search.integer(0));
  for (const std::int64_t target : targets) {
    const Sums sums = sums_of(*database_, target, hour);
    const bool any = std::ranges::any_of(sums.row.rounds, [](auto count) { return count > 0; });
    if (any) write_hour(*database_, target, sums.row);
    aggregated_ = target;
  }
  if (targets.empty()) {
    aggregated_ = 0;
    database_->prepared("INSERT OR REPLACE INTO progress VALUES ('aggregated until', ?)")
        .bind(micros(hour + hours(1)))
        .run();
  }
  return true;
}

// One slot, one hour, some events a slice: what is older than it may be.
bool Store::prune(WallTime now) {
  const std::int64_t slot = database_->number("SELECT min(slot) FROM rounds");
  if (slot != 0 && slot < slot_of(now - limits_.raw)) {
    database_->prepared("DELETE FROM rounds WHERE slot = ?").bind(slot).run();
    return true;
  }
  const std::int64_t oldest = micros(now - limits_.retention);
  const std::int64_t hour = database_->number("SELECT min(hour) FROM hours");
  if (hour != 0 && hour < oldest) {
    database_->prepared("DELETE FROM hours WHERE hour = ?").bind(hour).run();
    return true;
  }
  // The highest number stays: it says which were used.
  database_
      ->prepared(
          "DELETE FROM events WHERE number IN (SELECT number FROM events WHERE updated < ? "
          "AND closed IS NOT NULL AND number < (SELECT max(number) FROM events) LIMIT 500)")
      .bind(oldest)
      .run();
  return database_->number("SELECT changes()") > 0;
}

// Keeps the file within its bound. States, alerts and events are small, and stay.
bool Store::shrink() {
  const auto pages = static_cast<std::uint64_t>(database_->number("PRAGMA page_count"));
  const auto unused = static_cast<std::uint64_t>(database_->number("PRAGMA freelist_count"));
  const auto size = static_cast<std::uint64_t>(database_->number("PRAGMA page_size"));
  if ((pages - unused) * size > limits_.most_bytes) {
    const bool rounds =
        database_->number("SELECT count(*) FROM (SELECT 1 FROM rounds LIMIT 1)") > 0;
    const bool hourly = database_->number("SELECT count(*) FROM (SELECT 1 FROM hours LIMIT 1)") > 0;
    if (rounds) {
      database_->run("DELETE FROM rounds WHERE slot = (SELECT min(slot) FROM rounds)");
    } else if (hourly) {
      database_->run("DELETE FROM hours WHERE hour = (SELECT min(hour) FROM hours)");
    }
    return rounds || hourly;
  }
  if (pages * size > limits_.most_bytes && unused > 0) {
    database_->run("PRAGMA incremental_vacuum(1000)");
    return true;
  }
  return false;
}

}  // namespace reachd::store
