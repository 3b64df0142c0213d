#include "daemon/board.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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

TEST(Board, RoundsThatCameToTheSameShareIt) {
  Board board;
  TargetBoard& entry = test::add_target(board, "a", "web");
  for (const Status status : {Status::ok, Status::impaired, Status::ok, Status::impaired}) {
    test::add_round(entry, status, seconds(60));
  }
  const Rounds& rounds = entry.rounds;
  ASSERT_EQ(rounds.size(), 4U);
  EXPECT_EQ(rounds[0].outcome->status, Status::impaired);
  EXPECT_EQ(*rounds[0].reason, "tls: connection_reset at 192.0.2.1:443");
  EXPECT_EQ(rounds[1].outcome->rule, "plain.all_steps");
  EXPECT_EQ(*rounds[1].reason, "");
  EXPECT_EQ(&*rounds[0].outcome, &*rounds[2].outcome);
  EXPECT_EQ(&*rounds[0].reason, &*rounds[2].reason);
  EXPECT_EQ(&*rounds[1].outcome, &*rounds[3].outcome);
}

// What an address used to show says nothing of another: a new one would look like a forger's.
TEST(Board, ATargetThatMeasuresSomethingElseRemembersNothing) {
  Target target;
  target.service = "a";
  target.name = "web";
  target.host = "www.example.org";
  target.url = "https://www.example.org/";
  Config config;
  config.services = {{"a", {target}}};
  Board board;
  set_targets(board, config);
  const auto keys = [&] {
    return board.targets.at("a/web").memory.past({}, test::board_now()).keys;
  };
  Measurement measurement;
  TlsSeen handshake;
  handshake.chain = {Certificate{.key_sha256 = "k"}};
  measurement.observations.emplace_back().seen = std::move(handshake);
  board.targets.at("a/web").memory.learn(measurement, {.status = Status::ok});
  ASSERT_EQ(keys(), std::vector<std::string>{"k"});

  config.services[0].targets[0] = target;  // read again, the same
  set_targets(board, config);
  EXPECT_EQ(keys(), std::vector<std::string>{"k"});

  target.host = "www.example.com";
  target.url = "https://www.example.com/";
  config.services[0].targets[0] = target;
  set_targets(board, config);
  EXPECT_EQ(keys(), std::vector<std::string>{});
}

// A measurement of what broke is large, and nobody is shown it for ever.
TEST(Board, TheLatestFailedRoundIsHeldAsLongAsItsRecord) {
  Board board;
  TargetBoard& entry = test::add_target(board, "a", "web");
  test::add_round(entry, Status::impaired, seconds(9000));
  test::add_round(entry, Status::down, seconds(8000));
  for (std::size_t i = 0; i < TargetBoard::kRounds; ++i) {
    ASSERT_TRUE(entry.last_failed) << i;
    EXPECT_EQ(entry.last_failed->began, test::board_now() - seconds(8000));
    EXPECT_EQ(entry.failed_verdict.status, Status::down);
    test::add_round(entry, Status::ok, seconds(7000 - i));
  }
  EXPECT_FALSE(entry.last_failed);
  EXPECT_EQ(entry.failed_verdict, Verdict{});
  EXPECT_TRUE(entry.last);
}

}  // namespace
}  // namespace reachd
