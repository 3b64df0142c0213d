#include "probes/diagnosis/residual.hpp"

#include <gtest/gtest.h>

namespace reachd {
namespace {

using namespace std::chrono_literals;

const Endpoint kPlace{"192.0.2.1", 443};
const Clock::time_point kStart = Clock::now();

std::vector<Observation> visit(Micros began, std::optional<Word> tls_failure,
                               Purpose purpose = Purpose::ladder, Endpoint peer = kPlace) {
  static int transactions = 50'000;
  std::vector<Observation> steps(2);
  ++transactions;
  for (Observation& step : steps) {
    step.peer = peer;
    step.transaction = transactions;
    step.began = began;
    step.took = 10ms;
    step.purpose = purpose;
  }
  steps[0].stage = Stage::tcp;
  steps[1].stage = Stage::tls;
  if (tls_failure) steps[1].failure = Failure{*tls_failure, {}};
  return steps;
}

TEST(Residual, AHitLastsForTheWindowFromItsEnd) {
  Residual residual(190s);
  auto steps = visit(1s, Word::connection_reset);
  residual.note(steps, kStart);
  EXPECT_FALSE(steps[0].residual) << "the hit itself was in the clear";
  EXPECT_FALSE(residual.is_clear(kPlace, kStart + 191s));
  EXPECT_TRUE(residual.is_clear(kPlace, kStart + 191s + 10ms));
  EXPECT_EQ(residual.clear_at(kPlace, kStart), kStart + 191s + 10ms);
  EXPECT_TRUE(residual.is_clear({"192.0.2.1", 80}, kStart + 2s)) << "another port";
  EXPECT_TRUE(residual.is_clear({"192.0.2.2", 443}, kStart + 2s)) << "another address";
}

TEST(Residual, WhatBeginsWithinTheWindowIsMarkedAndEachHitBeginsItAnew) {
  Residual residual(190s);
  auto first = visit(0s, Word::generic_timeout_error);
  residual.note(first, kStart);
  auto second = visit(100s, Word::connection_reset);
  residual.note(second, kStart);
  EXPECT_TRUE(second[0].residual);
  EXPECT_TRUE(second[1].residual);
  EXPECT_FALSE(residual.is_clear(kPlace, kStart + 250s));
  auto late = visit(291s, Word::connection_reset);
  residual.note(late, kStart);
  EXPECT_FALSE(late[0].residual);
}

TEST(Residual, ConnectionsOfOneRoundAreTakenInTheirOrder) {
  Residual residual(190s);
  auto steps = visit(5s, Word::connection_reset);
  const auto earlier = visit(1s, Word::connection_reset);
  steps.insert(steps.end(), earlier.begin(), earlier.end());
  residual.note(steps, kStart);
  EXPECT_TRUE(steps[0].residual) << "began second";
  EXPECT_FALSE(steps[2].residual);
}

TEST(Residual, WhatCameThroughUnderTheTargetsNameEndsTheSuspicion) {
  Residual residual(190s);
  auto hit = visit(0s, Word::connection_reset);
  residual.note(hit, kStart);
  auto fine = visit(10s, std::nullopt);
  residual.note(fine, kStart);
  EXPECT_TRUE(residual.is_clear(kPlace, kStart + 11s));
}

TEST(Residual, InnocentNamesAndOurOwnFaultsAreNoHits) {
  Residual residual(190s);
  auto innocent = visit(0s, Word::connection_reset, Purpose::sni_swap);
  residual.note(innocent, kStart);
  auto ours = visit(0s, Word::reachd_cancelled);
  residual.note(ours, kStart);
  EXPECT_TRUE(residual.is_clear(kPlace, kStart + 1s));

  auto hit = visit(2s, Word::eof_error);
  residual.note(hit, kStart);
  auto passed = visit(3s, std::nullopt, Purpose::sni_swap);
  residual.note(passed, kStart);
  EXPECT_FALSE(residual.is_clear(kPlace, kStart + 4s))
      << "an innocent name that passes acquits not";
}

TEST(Residual, IsBounded) {
  Residual residual(1h);
  for (std::size_t i = 0; i < Residual::kMost + 10; ++i) {
    auto steps =
        visit(Micros(i), Word::connection_reset, Purpose::ladder,
              {"192.0.2." + std::to_string(i / 60'000), static_cast<std::uint16_t>(i % 60'000)});
    residual.note(steps, kStart);
  }
  EXPECT_EQ(residual.size(), Residual::kMost);
  EXPECT_TRUE(residual.is_clear({"192.0.2.0", 0}, kStart + 1s)) << "the oldest is forgotten";
}

}  // namespace
}  // namespace reachd
