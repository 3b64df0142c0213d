#include "daemon/phases.hpp"

#include <gtest/gtest.h>

#include "tests/support/boards.hpp"

namespace reachd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto at = [](const Phases& phases, Phase phase) {
  return phases.at(static_cast<std::size_t>(phase));
};

Measurement measured(Status status) {
  Board board;
  TargetBoard& target = test::add_target(board, "s", "t");
  test::add_round(target, status, seconds(1));
  return *target.last;
}

TEST(Phases, AWholeLadderHasThemAll) {
  const Phases phases = phases_of(measured(Status::ok));
  EXPECT_EQ(at(phases, Phase::dns), milliseconds(5));
  EXPECT_EQ(at(phases, Phase::connect), milliseconds(20));
  EXPECT_EQ(at(phases, Phase::tls), milliseconds(30));
  EXPECT_EQ(at(phases, Phase::first_byte), milliseconds(40));
  EXPECT_EQ(at(phases, Phase::transfer), milliseconds(10));
}

TEST(Phases, AFailedStepHasNone) {
  const Phases phases = phases_of(measured(Status::blocked));
  EXPECT_EQ(at(phases, Phase::connect), milliseconds(20));
  EXPECT_EQ(at(phases, Phase::tls), std::nullopt);
  EXPECT_EQ(at(phases, Phase::first_byte), std::nullopt);
}

TEST(Phases, AConnectionThatGotThroughIsToldBeforeOneThatDidNot) {
  Measurement measurement = measured(Status::ok);
  Observation refused = measurement.observations[1];
  refused.transaction = 50001;
  refused.failure = Failure{Word::connection_refused, {}};
  refused.took = milliseconds(999);
  measurement.observations.insert(measurement.observations.begin() + 1, refused);
  EXPECT_EQ(at(phases_of(measurement), Phase::connect), milliseconds(20));
}

TEST(Phases, OfQuestionsSideBySideTheSlowestCountsAndOtherResolversDoNot) {
  Measurement measurement = measured(Status::ok);
  Observation slow = measurement.observations.front();
  slow.took = milliseconds(8);
  Observation other = slow;
  std::get<DnsSeen>(other.seen).resolver = "other";
  other.took = milliseconds(500);
  measurement.observations.push_back(slow);
  measurement.observations.push_back(other);
  EXPECT_EQ(at(phases_of(measurement), Phase::dns), milliseconds(8));
}

TEST(Phases, WhereRedirectsLedIsAnotherMatter) {
  Measurement measurement = measured(Status::ok);
  for (Observation& step : measurement.observations) step.depth = 1;
  EXPECT_EQ(phases_of(measurement), Phases{});
}

TEST(Phases, NothingMeasuredHasNone) {
  EXPECT_EQ(phases_of({}), Phases{});
}

}  // namespace
}  // namespace reachd
