#include "daemon/board.hpp"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/boards.hpp"

namespace reachd {
namespace {

using std::chrono::seconds;

// Of ten thousand targets each byte counts: as much room as there are rounds, and no more.
TEST(Board, KeepsTheLatestRoundsInRoomForJustThose) {
  for (const auto& [detail, most] : {std::pair(Detail::compact, TargetBoard::kCompactRounds),
                                     std::pair(Detail::full, TargetBoard::kRounds)}) {
    Board board;
    TargetBoard& entry = test::add_target(board, "a", "web");
    Target target = *entry.target;
    target.detail = detail;
    entry.target = std::move(target);
    for (std::size_t i = 1; i <= most + 10; ++i) {
      test::add_round(entry, Status::ok, seconds(1000 - i));
      const std::size_t kept = std::min(i, most);
      ASSERT_EQ(entry.rounds.size(), kept);
      ASSERT_EQ(entry.rounds.capacity(), kept);
      ASSERT_EQ(entry.rounds.front().began, test::board_now() - seconds(1000 - i));
      ASSERT_EQ(entry.rounds.back().began, test::board_now() - seconds(1000 - (i - kept + 1)));
    }
  }
}

}  // namespace
}  // namespace reachd
