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
using testing::UnorderedElementsAre;

const Place kPlace{{"asn", "4134"}, {"instance", "127.0.0.1:10980"}, {"job", "reachd"}};
constexpr std::uint64_t kStale = 0x7ff0000000000002;  // prometheus/model/value: StaleNaN

Text text(const std::string& samples) {
  return std::make_shared<const std::string>(samples);
}

// Called by the first series of each.
Texts texts(const std::vector<std::string>& samples) {
  const auto kept = std::make_shared<const std::vector<std::string>>(samples);
  return {samples.size(), [kept](std::size_t i, std::string& lines) { lines += kept->at(i); },
          [kept](std::size_t i) {
            const std::string_view lines = kept->at(i);
            return lines.substr(0, lines.find_first_of(",} "));
          }};
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
  std::vector<std::string> parts;
  for (int part = 0; part < kParts; ++part) {
    std::string lines;
    for (int line = 0; line < kLines; ++line) {
      lines += "a{p=\"" + std::to_string(part) + "\",l=\"" + std::to_string(line) + "\"} 1\n";
    }
    parts.push_back(lines);
  }
  const Snapshot snapshot{.place = {}, .own = text("own 1\n"), .parts = texts(parts)};
  Composer composer;
  EXPECT_EQ(told(all_of(composer, snapshot)).size(), std::size_t{kParts} * kLines + 1);
  EXPECT_EQ(told(all_of(composer, snapshot)).size(), std::size_t{kParts} * kLines + 1);
}

TEST(Composer, EndsWhatIsNoMoreAndNothingElse) {
  Composer composer;
  const std::string gone = "t{target=\"a\"} 1\nt{target=\"a\",k=\"old\"} 1\n";
  const std::string stays = "t{target=\"b\"} 1\n";
  all_of(composer, {.own = text("c{x=\"1\"} 1\nc{x=\"2\"} 1\n"), .parts = texts({gone, stays})});
  // The control is gone; the target measures something else, and has some of its series still.
  const std::string instead = "t{target=\"a\"} 5\n";
  EXPECT_THAT(told(all_of(composer, {.own = text("c{x=\"2\"} 2\n"),
                                     .parts = texts({instead, stays}),
                                     .departed = {texts({gone})}})),
              ElementsAre(Pair("c{x=\"1\"}", "ends"), Pair("c{x=\"2\"}", "2"),
                          Pair("t{k=\"old\",target=\"a\"}", "ends"), Pair("t{target=\"a\"}", "5"),
                          Pair("t{target=\"b\"}", "1")));
  // Once is enough.
  EXPECT_THAT(told(all_of(composer, {.own = text("c{x=\"2\"} 3\n"), .parts = texts({stays})})),
              ElementsAre(Pair("c{x=\"2\"}", "3"), Pair("t{target=\"b\"}", "1")));
}

TEST(Composer, EndsAllUnderTheOldNameOfAPlace) {
  Composer composer;
  const Texts part = texts({"t 1\n"});
  all_of(composer, {.place = {{"asn", "1"}}, .own = text("c 1\n"), .parts = part});
  EXPECT_THAT(
      told(all_of(composer, {.place = {{"asn", "2"}}, .own = text("c 2\n"), .parts = part})),
      ElementsAre(Pair("c{asn=\"1\"}", "ends"), Pair("c{asn=\"2\"}", "2"),
                  Pair("t{asn=\"1\"}", "ends"), Pair("t{asn=\"2\"}", "1")));
}

// Twice as many texts of a sample each as a body holds are made when it comes to them.
void expect_made_by_the_body(Snapshot snapshot, const std::size_t& made, std::size_t count) {
  Composer composer;
  composer.begin(std::move(snapshot));
  EXPECT_EQ(made, 0U);
  ASSERT_TRUE(composer.next());
  EXPECT_EQ(made, Composer::kMostSamples);
  ASSERT_TRUE(composer.next());
  EXPECT_FALSE(composer.next());
  EXPECT_EQ(made, count);
}

// However many there are, at most one text is there.
TEST(Composer, MakesATextWhenItComesToIt) {
  std::size_t made = 0;
  const Texts many{2 * Composer::kMostSamples,
                   [&made](std::size_t i, std::string& lines) {
                     EXPECT_EQ(i, made++) << "in their order, each once";
                     EXPECT_TRUE(lines.empty());
                     lines += "t{n=\"" + std::to_string(i) + "\"} 1\n";
                   },
                   [](std::size_t) { return "of no interest"; }};
  expect_made_by_the_body({.own = text(""), .parts = many}, made, many.count);
}

TEST(Composer, GoesOnBehindATextOfNothing) {
  Composer composer;
  EXPECT_THAT(
      told(all_of(composer, {.own = text(""), .parts = texts({"", "a 1\n", "", "", "b 2\n", ""})})),
      ElementsAre(Pair("a{}", "1"), Pair("b{}", "2")));
}

// Between two snapshots there may be any number of configurations.
TEST(Composer, EndsWhatDepartedInSeveralGoesOnceAndKeepsWhatCameBack) {
  Composer composer;
  all_of(composer, {.own = text("")});
  const auto again = told(all_of(
      composer,
      {.own = text(""),
       .parts = texts({"t{n=\"back\"} 3\nt{n=\"back\",k=\"both\"} 3\n", "t{n=\"stays\"} 1\n"}),
       .departed = {
           texts({"t{n=\"gone\"} 1\nt{n=\"gone\",k=\"first\"} 1\n",
                  "t{n=\"back\"} 1\nt{n=\"back\",k=\"both\"} 1\n"}),
           texts({}),
           texts({"t{n=\"gone\"} 2\n", "t{n=\"back\"} 2\nt{n=\"back\",k=\"was\"} 2\n"})}}));
  EXPECT_THAT(again, UnorderedElementsAre(Pair("t{k=\"both\",n=\"back\"}", "3"),
                                          Pair("t{k=\"first\",n=\"gone\"}", "ends"),
                                          Pair("t{k=\"was\",n=\"back\"}", "ends"),
                                          Pair("t{n=\"back\"}", "3"), Pair("t{n=\"gone\"}", "ends"),
                                          Pair("t{n=\"stays\"}", "1")));
}

TEST(Composer, MakesATextOfWhatIsNoMoreWhenItComesToIt) {
  std::size_t made = 0;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 2 * Composer::kMostSamples; ++i) names.push_back(std::to_string(i));
  const Texts many{names.size(),
                   [&](std::size_t i, std::string& lines) {
                     ++made;
                     EXPECT_TRUE(lines.empty());
                     lines += "t{n=\"" + names.at(i) + "\"} 1\n";
                   },
                   [&](std::size_t i) -> std::string_view { return names.at(i); }};
  expect_made_by_the_body({.own = text(""), .departed = {many}}, made, many.count);
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
