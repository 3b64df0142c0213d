#include "daemon/remote_write/answer.hpp"

#include <gtest/gtest.h>

namespace reachd::remote_write {
namespace {

using namespace std::chrono_literals;

TEST(Answer, IsWhatTheSpecificationSays) {
  const std::vector<std::pair<int, Outcome>> table{
      {0, Outcome::again},     {200, Outcome::taken},   {204, Outcome::taken},
      {301, Outcome::refused}, {400, Outcome::refused}, {401, Outcome::refused},
      {404, Outcome::refused}, {413, Outcome::refused}, {429, Outcome::again},
      {500, Outcome::again},   {503, Outcome::again},   {599, Outcome::again}};
  for (const auto& [status, outcome] : table) {
    EXPECT_EQ(outcome_of({.status = status}), outcome) << status;
  }
}

TEST(Backoff, DoublesUpToABoundAndBeginsAfresh) {
  Backoff backoff;
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 7; ++i) pauses.push_back(backoff.next(std::nullopt, 0));
  EXPECT_EQ(pauses, (std::vector<std::chrono::milliseconds>{1s, 2s, 4s, 8s, 16s, 30s, 30s}));
  backoff.reset();
  EXPECT_EQ(backoff.next(std::nullopt, 0.5), 750ms);
  EXPECT_GE(backoff.next(std::nullopt, 0.9999), 1s) << "half of it at least";
}

TEST(Backoff, WaitsAsLongAsIsAskedWithinReason) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(40s, 0), 40s);
  EXPECT_EQ(backoff.next(1s, 0), 2s);
  EXPECT_EQ(backoff.next(std::chrono::hours(24 * 365), 0), Backoff::kMostAsked);
}

}  // namespace
}  // namespace reachd::remote_write
