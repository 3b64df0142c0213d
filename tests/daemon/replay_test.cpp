// Lines of an archive in, changes out: the command, and what it gathers.
#include "daemon/replay.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "daemon/commands.hpp"
#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using test::kRight;
using test::Scene;

const WallTime kNoon{std::chrono::hours(400'000)};

Measurement answered(bool blocked, WallTime began) {
  Scene scene;
  scene.answers("system", {kRight}).controls().helper();
  if (blocked) {
    scene.stops(kRight, Stage::tls, Word::connection_reset);
  } else {
    scene.visits(kRight);
  }
  scene.made.began = began;
  scene.made.vantage = {"", "IR", 44244};
  return scene.made;
}

// An hour of peace, an hour of a block, an hour of peace.
std::vector<Measurement> three_hours() {
  std::vector<Measurement> rounds;
  for (int minute = 0; minute < 180; ++minute) {
    rounds.push_back(answered(minute >= 60 && minute < 120, kNoon + minute * 1min));
  }
  return rounds;
}

std::vector<SeriesChange> changes_of(const std::vector<Measurement>& rounds) {
  Replay replay;
  for (const Measurement& round : rounds) replay.add(round, judge(round));
  return std::move(replay).changes({1, 90 * 24h});
}

TEST(Replay, TellsABlockAndItsEnd) {
  const auto changes = changes_of(three_hours());
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(to_string(changes[0].series), "https://www.example.net/ IR AS44244");
  EXPECT_EQ(changes[0].change.passage, Passage::trouble);
  EXPECT_EQ(changes[0].change.onset, (Onset{kNoon + 59min, kNoon + 60min}));
  EXPECT_EQ(changes[1].change.passage, Passage::recovery);
  EXPECT_EQ(changes[1].change.onset, (Onset{kNoon + 119min, kNoon + 120min}));
}

TEST(Replay, OrderAndRepetitionOfTheLinesMakeNoDifference) {
  auto rounds = three_hours();
  const auto expected = changes_of(rounds);
  std::ranges::reverse(rounds);
  for (int i = 0; i < 90; ++i) rounds.push_back(rounds[static_cast<std::size_t>(2 * i)]);
  const auto changes = changes_of(rounds);
  ASSERT_EQ(changes.size(), expected.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].change, expected[i].change);
  }
}

TEST(Replay, NetworksAreSeriesOfTheirOwn) {
  auto rounds = three_hours();
  for (std::size_t i = 1; i < rounds.size(); i += 2) rounds[i].vantage.asn = 58224;
  EXPECT_EQ(changes_of(rounds).size(), 4U);
  EXPECT_TRUE(changes_of({}).empty());
}

class Lines : public testing::Test {
 protected:
  Lines() : path_(testing::TempDir() + "changes-" + std::to_string(::getpid()) + ".jsonl") {
    std::ofstream file(path_);
    for (const Measurement& round : three_hours()) {
      file << json::serialize(to_json(round, judge(round))) << '\n';
    }
    file << "no measurement\n";
  }
  ~Lines() override { std::remove(path_.c_str()); }

  std::string told(bool as_json) {
    JudgeOptions options;
    options.changes = true;
    options.json = as_json;
    options.files = {path_};
    std::ostringstream out;
    EXPECT_EQ(judge_files(options, out, err_), kExitOk);
    return out.str();
  }

  const std::string path_;
  std::ostringstream err_;
};

TEST_F(Lines, AreToldAsJson) {
  std::istringstream lines(told(true));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const json::object change = json::parse(line).as_object();
  EXPECT_EQ(change.at("series"), "https://www.example.net/ IR AS44244");
  EXPECT_EQ(change.at("from"), "ok");
  EXPECT_EQ(change.at("onset"), json::parse(R"({"after": "2015-08-19 16:59:00",
                                                "before": "2015-08-19 17:00:00"})"));
  EXPECT_EQ(change.at("time"), "2015-08-19 17:03:00");
  EXPECT_TRUE(change.at("kinds").is_array());
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line).at("to"), "ok");
  EXPECT_FALSE(std::getline(lines, line));
  EXPECT_THAT(err_.str(), testing::HasSubstr(":181: "));
}

TEST_F(Lines, AreToldInWords) {
  EXPECT_THAT(told(false), testing::StartsWith(
                               "2015-08-19 17:03:00  https://www.example.net/ IR AS44244  ok → "));
}

}  // namespace
}  // namespace reachd
