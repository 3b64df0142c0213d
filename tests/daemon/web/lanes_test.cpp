#include "daemon/web/lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/path_picture.hpp"
#include "daemon/web/waterfall.hpp"
#include "tests/support/measurements.hpp"

namespace reachd::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// The target's steps reset, an innocent name at the same address lets through.
Measurement swapped() {
  Measurement measurement = test::reset_measurement();
  for (Observation step : {test::connect_step(60, 8), test::handshake_step(70, 17)}) {
    step.purpose = Purpose::sni_swap;
    step.transaction = 7;
    if (auto* seen = std::get_if<TlsSeen>(&step.seen)) seen->server_name = "example.org";
    measurement.observations.push_back(step);
  }
  Observation nobody = test::lookup_step(100, 2000, "A", {});
  nobody.purpose = Purpose::non_resolver;
  nobody.failure = Failure{Word::generic_timeout_error, {}};
  std::get<DnsSeen>(nobody.seen).replies.clear();
  std::get<DnsSeen>(nobody.seen).answer = -1;
  measurement.observations.push_back(nobody);
  return measurement;
}

TEST(Lanes, EachWayEndsWhereItDied) {
  const auto lanes = lanes_of(swapped());
  ASSERT_EQ(lanes.size(), 4U);
  EXPECT_THAT(lanes[0].reach, ElementsAre(Reach::passed, Reach::none, Reach::none, Reach::none));
  EXPECT_TRUE(lanes[2].expected);
  EXPECT_EQ(lanes[2].outcome, "silent, as it should be");
  EXPECT_EQ(lanes[1].label, "as a visitor, 192.0.2.10:443");
  EXPECT_THAT(lanes[1].reach, ElementsAre(Reach::none, Reach::passed, Reach::died, Reach::none));
  EXPECT_THAT(lanes[1].outcome, HasSubstr("reset by someone after our ClientHello"));
  EXPECT_EQ(lanes[3].label, "example.org on the same address, 192.0.2.10:443");
  EXPECT_THAT(lanes[3].reach, ElementsAre(Reach::none, Reach::passed, Reach::passed, Reach::none));
}

TEST(Lanes, AnAnswerFromWhereNobodyAnswersIsForged) {
  Measurement measurement = swapped();
  std::get<DnsSeen>(measurement.observations.back().seen).replies.emplace_back();
  const auto lanes = lanes_of(measurement);
  EXPECT_TRUE(lanes[2].forged);
  EXPECT_FALSE(lanes[2].expected);
  EXPECT_THAT(lanes[2].outcome, HasSubstr("somebody on the way did"));
}

TEST(Lanes, WaysThatWentAlikeAreOne) {
  Measurement measurement = test::reset_measurement();
  for (std::size_t i = 1; i < 3; ++i) {
    Observation step = measurement.observations.at(i);
    step.peer.address = "192.0.2.11";
    step.transaction = 9;
    measurement.observations.push_back(step);
  }
  const auto lanes = lanes_of(measurement);
  ASSERT_EQ(lanes.size(), 2U);
  EXPECT_EQ(lanes[1].ways, 2U);
  EXPECT_THAT(path_picture(measurement),
              HasSubstr("192.0.2.10:443</bdi> <span class=\"faint\">and 1 more"));
}

TEST(Lanes, AServerThatSpeaksUnderAnInnocentNameLetsItThroughWhateverItsCertificate) {
  Measurement measurement = swapped();
  Observation& swap = measurement.observations.at(4);
  swap.failure = Failure{Word::ssl_invalid_hostname, {}};
  std::get<TlsSeen>(swap.seen).server_hello_seen = true;
  EXPECT_EQ(lanes_of(measurement)[3].outcome, "the server answers under this name");
  EXPECT_EQ(lanes_of(measurement)[3].reach[2], Reach::passed);
  std::get<TlsSeen>(swap.seen).server_hello_seen = false;
  std::get<TlsSeen>(swap.seen).chain = {};
  EXPECT_EQ(lanes_of(measurement)[3].reach[2], Reach::died);
}

TEST(Lanes, ResolversThatSayTheSameInAnotherOrderAreOne) {
  Measurement measurement = test::reset_measurement();
  measurement.observations.push_back(test::lookup_step(0, 12, "A", {"192.0.2.11", "192.0.2.10"}));
  measurement.observations.push_back(test::lookup_step(0, 12, "A", {"192.0.2.66"}));
  const auto lanes = lanes_of(measurement);
  ASSERT_EQ(lanes.size(), 3U);
  EXPECT_EQ(lanes[0].ways, 2U);
  EXPECT_EQ(lanes[1].outcome, "A: 192.0.2.66");
}

TEST(Lanes, TheHelperHasItsOwn) {
  Measurement measurement = test::reset_measurement();
  measurement.helper.emplace();
  measurement.helper->request = HelperRequest{};
  measurement.helper->request->status = 200;
  EXPECT_EQ(lanes_of(measurement).back().outcome, "answers: 200");
  measurement.helper.reset();
  measurement.helper_failure = Failure{Word::connection_refused, {}};
  EXPECT_THAT(lanes_of(measurement).back().outcome, HasSubstr("gave no report"));
}

TEST(Lanes, WhateverARoundHoldsIsShownWithinBounds) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Measurement measurement = test::made_up_measurement(seed);
    for (const std::string& markup : {path_picture(measurement), waterfall(measurement)}) {
      EXPECT_LT(markup.size(), 1'000'000U) << seed;
      for (const char c : markup) {
        ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << seed;
      }
    }
  }
}

TEST(Waterfall, EveryStepHasItsPlaceInTimeAndFailuresAreMarked) {
  Measurement measurement = test::reset_measurement();
  measurement.runtime = std::chrono::milliseconds(100);
  const std::string markup = waterfall(measurement);
  EXPECT_THAT(markup, HasSubstr("<rect class=\"p-dns\" x=\"0\""));
  EXPECT_THAT(markup, HasSubstr("<rect class=\"p-connect\" x=\"118\" y=\"1\" width=\"79\""));
  EXPECT_THAT(markup, HasSubstr("class=\"then bad\""));
  EXPECT_THAT(markup, HasSubstr("class=\"s-blocked\""));
  EXPECT_THAT(waterfall(test::good_measurement()), Not(HasSubstr("bad")));
  EXPECT_THAT(waterfall({}), HasSubstr("Nothing was measured"));
}

}  // namespace
}  // namespace reachd::web
