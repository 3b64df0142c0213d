#include "daemon/remote_write/composer.hpp"

#include <bit>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/write_request.hpp"

namespace reachd::remote_write {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Place kPlace{{"asn", "4134"}, {"instance", "127.0.0.1:10980"}, {"job", "reachd"}};
constexpr std::uint64_t kStale = 0x7ff0000000000002;  // prometheus/model/value: StaleNaN

Text text(const std::string& samples) {
  return std::make_shared<const std::string>(samples);
}

std::vector<test::WrittenSample> all_of(Composer& composer, Snapshot snapshot) {
  composer.begin(std::move(snapshot));
  std::vector<test::WrittenSample> samples;
  while (const auto body = composer.next()) {
    const auto some = test::read_write_request(body->bytes);
    EXPECT_EQ(some.size(), body->samples);
    EXPECT_LE(some.size(), Composer::kMostSamples);
    samples.insert(samples.end(), some.begin(), some.end());
  }
  return samples;
}

// Each series once, with its value, or "ends".
std::map<std::string, std::string> told(const std::vector<test::WrittenSample>& samples) {
  std::map<std::string, std::string> told;
  for (const auto& sample : samples) {
    const auto value = sample.bits == kStale ? "ends" : std::to_string(int(sample.value()));
    EXPECT_TRUE(told.emplace(sample.series(), value).second) << sample.series() << " twice";
  }
  return told;
}

TEST(Composer, AddsThePlaceAndKeepsLabelsInOrder) {
  Composer composer;
  const auto samples =
      all_of(composer, {.at = 1764380000123, .place = kPlace, .own = text("up{cause=\"x\"} 7\n")});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_THAT(samples[0].labels,
              ElementsAre(Pair("__name__", "up"), Pair("asn", "4134"), Pair("cause", "x"),
                          Pair("instance", "127.0.0.1:10980"), Pair("job", "reachd")));
  EXPECT_EQ(samples[0].value(), 7);
  EXPECT_EQ(samples[0].at, 1764380000123);
}

TEST(Composer, ASeriesOwnLabelGoesBeforeThePlaces) {
  Composer composer;
  const auto samples =
      all_of(composer, {.place = kPlace, .own = text("up{job=\"own\",z=\"\"} 1\n")});
  EXPECT_THAT(told(samples),
              ElementsAre(Pair("up{asn=\"4134\",instance=\"127.0.0.1:10980\",job=\"own\"}", "1")));
}

TEST(Composer, CutsALargeSnapshotIntoBodiesAndLosesNothing) {
  constexpr int kParts = 120;
  constexpr int kLines = 101;
  Snapshot snapshot{.place = {}, .own = text("own 1\n")};
  for (int part = 0; part < kParts; ++part) {
    std::string lines;
    for (int line = 0; line < kLines; ++line) {
      lines += "a{p=\"" + std::to_string(part) + "\",l=\"" + std::to_string(line) + "\"} 1\n";
    }
    snapshot.parts.push_back(text(lines));
  }
  Composer composer;
  EXPECT_EQ(told(all_of(composer, snapshot)).size(), std::size_t{kParts} * kLines + 1);
  EXPECT_EQ(told(all_of(composer, snapshot)).size(), std::size_t{kParts} * kLines + 1);
}

TEST(Composer, EndsWhatIsNoMoreAndNothingElse) {
  Composer composer;
  const auto gone = text("t{target=\"a\"} 1\nt{target=\"a\",k=\"old\"} 1\n");
  const auto stays = text("t{target=\"b\"} 1\n");
  all_of(composer, {.own = text("c{x=\"1\"} 1\nc{x=\"2\"} 1\n"), .parts = {gone, stays}});
  // The control is gone; the target measures something else, and has some of its series still.
  const auto instead = text("t{target=\"a\"} 5\n");
  EXPECT_THAT(
      told(all_of(composer,
                  {.own = text("c{x=\"2\"} 2\n"), .parts = {instead, stays}, .departed = {gone}})),
      ElementsAre(Pair("c{x=\"1\"}", "ends"), Pair("c{x=\"2\"}", "2"),
                  Pair("t{k=\"old\",target=\"a\"}", "ends"), Pair("t{target=\"a\"}", "5"),
                  Pair("t{target=\"b\"}", "1")));
  // Once is enough.
  EXPECT_THAT(told(all_of(composer, {.own = text("c{x=\"2\"} 3\n"), .parts = {stays}})),
              ElementsAre(Pair("c{x=\"2\"}", "3"), Pair("t{target=\"b\"}", "1")));
}

TEST(Composer, EndsAllUnderTheOldNameOfAPlace) {
  Composer composer;
  const auto part = text("t 1\n");
  all_of(composer, {.place = {{"asn", "1"}}, .own = text("c 1\n"), .parts = {part}});
  EXPECT_THAT(
      told(all_of(composer, {.place = {{"asn", "2"}}, .own = text("c 2\n"), .parts = {part}})),
      ElementsAre(Pair("c{asn=\"1\"}", "ends"), Pair("c{asn=\"2\"}", "2"),
                  Pair("t{asn=\"1\"}", "ends"), Pair("t{asn=\"2\"}", "1")));
}

TEST(Composer, HasNothingToSayOfNothing) {
  Composer composer;
  EXPECT_THAT(all_of(composer, {.own = text("")}), IsEmpty());
}

TEST(Place, IsWhatAScrapeWouldSayAndTheVantage) {
  Config config;
  config.vantage = {"shanghai-1", "CN", 4134};
  EXPECT_THAT(
      place_of(config, "host"),
      ElementsAre(Pair("asn", "4134"), Pair("country", "CN"), Pair("instance", "127.0.0.1:10980"),
                  Pair("job", "reachd"), Pair("vantage", "shanghai-1")));
  config.vantage = {};
  config.listen.address = "::1";
  EXPECT_THAT(
      place_of(config, "host"),
      ElementsAre(Pair("instance", "[::1]:10980"), Pair("job", "reachd"), Pair("vantage", "host")));
  EXPECT_FALSE(host_name().empty());
}

}  // namespace
}  // namespace reachd::remote_write
