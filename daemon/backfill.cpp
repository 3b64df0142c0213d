#include "daemon/backfill.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace reachd {
namespace asio = boost::asio;
namespace {

using std::chrono::days;
using std::chrono::hours;

// Of the targets that this fill is about, those that are still there.
TargetBoard* claimed(Board& board, const std::string& id, std::uint64_t fill) {
  const auto found = board.targets.find(id);
  return found != board.targets.end() && found->second.fill == fill ? &found->second : nullptr;
}

std::uint64_t claim(Board& board) {
  const std::uint64_t fill = ++board.fills;
  bool any = false;
  for (auto& [id, target] : board.targets) {
    if (target.fill != 0) continue;
    target.fill = fill;
    any = true;
  }
  return any ? fill : 0;
}

}  // namespace

asio::awaitable<void> fill_timelines(Board& board, store::Saver& saver, WallTime until) {
  const std::uint64_t fill = claim(board);
  if (fill == 0) co_return;
  // Days from the hours that were put together; what is younger from the rounds. Newest first.
  const WallTime whole = (co_await saver.hours_until()).value_or(WallTime{});
  const WallTime day = std::chrono::floor<days>(until);
  for (std::size_t back = 0; back < Timeline::kDays; ++back) {
    const WallTime from = day - back * days(1);
    const auto rows = co_await saver.outcomes_by_hours(from, std::min(from + days(1), whole));
    for (const store::OutcomeRow& row : rows ? *rows : std::vector<store::OutcomeRow>{}) {
      TargetBoard* target = claimed(board, row.target, fill);
      if (target != nullptr) target->timeline.add_days(from, row.status, row.rounds);
    }
  }
  const WallTime half_hour = std::chrono::floor<Timeline::HalfHour>(until);
  for (std::size_t back = 0; back < Timeline::kHalfHours; ++back) {
    const WallTime from = half_hour - back * Timeline::HalfHour(1);
    const auto rows =
        co_await saver.outcomes_by_rounds(from, std::min(from + Timeline::HalfHour(1), until));
    for (const store::OutcomeRow& row : rows ? *rows : std::vector<store::OutcomeRow>{}) {
      TargetBoard* target = claimed(board, row.target, fill);
      if (target == nullptr) continue;
      target->timeline.add_half_hours(from, row.status, row.latency, row.rounds);
      if (from >= whole) target->timeline.add_days(from, row.status, row.rounds);
    }
  }
}

}  // namespace reachd
