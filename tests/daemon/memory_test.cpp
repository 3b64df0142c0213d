#include "daemon/memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const WallTime kNoon{std::chrono::hours(400'000)};

Measurement fetched(const std::string& key, double speed, WallTime began = kNoon) {
  Measurement measurement;
  measurement.began = began;
  Observation tls;
  tls.stage = Stage::tls;
  TlsSeen handshake;
  Certificate leaf;
  leaf.key_sha256 = key;
  leaf.issuer = "CN=" + key;
  handshake.chain = {leaf};
  tls.seen = handshake;
  Observation http;
  http.stage = Stage::http;
  HttpSeen answer;
  answer.body_length = static_cast<std::size_t>(speed);
  answer.transfer = 1s;
  http.seen = answer;
  measurement.observations = {tls, http};
  return measurement;
}

Verdict verdict(Status status) {
  Verdict made;
  made.status = status;
  return made;
}

TEST(Memory, KeepsTheCertificatesOfRoundsThatWereFineNewestFirst) {
  Memory memory;
  memory.learn(fetched("a", 0), verdict(Status::ok));
  memory.learn(fetched("b", 0), verdict(Status::ok));
  memory.learn(fetched("forged", 0), verdict(Status::likely_blocked));
  memory.learn(fetched("a", 0), verdict(Status::ok));
  EXPECT_THAT(memory.past({}, kNoon).keys, ElementsAre("a", "b"));
  EXPECT_THAT(memory.past({}, kNoon).issuers, ElementsAre("CN=a", "CN=b"));
  for (int i = 0; i < 20; ++i) memory.learn(fetched(std::to_string(i), 0), verdict(Status::ok));
  EXPECT_EQ(memory.past({}, kNoon).keys.size(), Memory::kCertificates);
}

TEST(Memory, ANewIssuerIsTheTargetsOwnAfterADay) {
  Memory memory;
  memory.learn(fetched("old", 0), verdict(Status::ok));
  Verdict suspicious = verdict(Status::impaired);
  suspicious.rule = "tls.mitm.new_issuer";
  memory.learn(fetched("new", 0, kNoon), suspicious);
  memory.learn(fetched("new", 0, kNoon + 23h), suspicious);
  memory.learn(fetched("newer", 0, kNoon + 25h), suspicious);
  EXPECT_THAT(memory.past({}, kNoon).keys, ElementsAre("old"));
  memory.learn(fetched("old", 0, kNoon + 26h), verdict(Status::ok));
  memory.learn(fetched("newer", 0, kNoon + 49h), suspicious);
  EXPECT_THAT(memory.past({}, kNoon).keys, ElementsAre("newer", "old"));
  EXPECT_THAT(memory.past({}, kNoon).issuers, ElementsAre("CN=newer", "CN=old"));
}

TEST(Memory, WhatItUsedToBeIsNotLearntFromWhatItHasBecome) {
  Memory memory;
  for (int i = 0; i < 9; ++i) memory.learn(fetched("a", 1e6 + i), verdict(Status::ok));
  for (int i = 0; i < 5; ++i) memory.learn(fetched("a", 5e4), verdict(Status::ok));
  const Past past = memory.past({}, kNoon);
  EXPECT_DOUBLE_EQ(past.median_bytes_per_second, 1e6 + 4);
  EXPECT_EQ(past.speed_samples, 9);
  EXPECT_EQ(past.slow_rounds, 5);
  memory.learn(fetched("a", 9e5), verdict(Status::ok));
  EXPECT_EQ(memory.past({}, kNoon).slow_rounds, 0);
}

TEST(Memory, OnlyWhatTakesMoreThanTheFirstFlightTellsASpeed) {
  Memory memory;
  memory.learn(fetched("a", 14'000), verdict(Status::ok));
  EXPECT_EQ(memory.past({}, kNoon).speed_samples, 0);
  Measurement object = fetched("a", 14'000);
  object.observations.push_back(fetched("a", 9e5).observations[1]);
  object.observations.back().purpose = Purpose::large_object;
  memory.learn(object, verdict(Status::ok));
  EXPECT_DOUBLE_EQ(memory.past({}, kNoon).median_bytes_per_second, 9e5);
}

TEST(Memory, AWeekIsAsFarBackAsSpeedsGo) {
  Memory memory;
  memory.learn(fetched("a", 1e6, kNoon - std::chrono::hours(24 * 8)), verdict(Status::ok));
  EXPECT_EQ(memory.past({}, kNoon).speed_samples, 0);
  EXPECT_DOUBLE_EQ(memory.past({}, kNoon).median_bytes_per_second, 0);
}

TEST(Memory, EarlierRoundsAreTheJudgesToRead) {
  Rounds rounds;
  for (int i = 0; i < 30; ++i) {
    RoundRecord record;
    record.began = kNoon - std::chrono::minutes(i + 1);
    record.outcome = Outcome{i == 0 ? Status::likely_blocked : Status::ok, {"tls.reset.sni"}, ""};
    rounds.push_back(record);
  }
  const Past past = Memory().past(rounds, kNoon);
  ASSERT_EQ(past.rounds.size(), 16U);
  EXPECT_EQ(past.rounds[0].ago, Micros(60s));
  EXPECT_EQ(past.rounds[0].outcome->status, Status::likely_blocked);
  EXPECT_THAT(past.rounds[0].outcome->kinds, ElementsAre("tls.reset.sni"));
  EXPECT_THAT(Memory().past({}, kNoon).rounds, IsEmpty());
}

}  // namespace
}  // namespace reachd
