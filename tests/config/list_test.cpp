#include "config/list.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

const ListSettings kSettings{"list.csv", std::chrono::minutes(20)};
const std::string kHead = "url,category_code\n";

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot be read: " << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::vector<std::string>> names_of(const Config& config) {
  std::map<std::string, std::vector<std::string>> names;
  for (const Service& service : config.services) {
    for (const Target& target : service.targets) names[service.name].push_back(target.name);
  }
  return names;
}

TEST(List, QuirksCostTheirLineAndAreTold) {
  Config config;
  const auto report = take_list(contents(REACHD_SOURCE_DIR "/tests/data/lists/quirks.csv"),
                                {"quirks.csv", std::chrono::minutes(15)}, 0, config);
  ASSERT_TRUE(report) << report.error();
  const std::map<std::string, std::vector<std::string>> expected{
      {"news",
       {"https://www.example.org/", "http://example.org", "https://HTTPS.Example.org:443/",
        "https://after.example/", "https://lines.example/"}},
      {"ctrl", {"https://maps.example.net/app/"}},
      {"humr", {"http://rescue.example.com:9966/visur/"}},
      {"cultr", {"https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A4%20b"}},
      {"uncategorised", {"https://only-a-url.example/"}},
  };
  EXPECT_EQ(names_of(config), expected);
  EXPECT_EQ(report->taken, 9U);
  std::map<int, std::string> skipped;
  for (const SkippedLine& line : report->skipped) skipped[line.line] = line.why;
  ASSERT_THAT(skipped, UnorderedElementsAre(testing::Pair(6, HasSubstr("listed already")),
                                            testing::Pair(9, HasSubstr("unknown scheme 'ftp'")),
                                            testing::Pair(10, HasSubstr("user or password")),
                                            testing::Pair(11, HasSubstr("no scheme")),
                                            testing::Pair(13, HasSubstr("no URL")),
                                            testing::Pair(14, HasSubstr("not a code!")),
                                            testing::Pair(16, HasSubstr("listed already")),
                                            testing::Pair(17, HasSubstr("never closed"))));
  EXPECT_THAT(skipped.at(10), testing::Not(HasSubstr("secret")));
}

TEST(List, ATargetIsMadeOfTheScheduleAndTheListAndIsCompact) {
  Config config;
  config.schedule.timeout = std::chrono::seconds(7);
  ASSERT_TRUE(
      take_list(kHead + "http://rescue.example.com:9966/a?b#c,HUMR\n", kSettings, 0, config));
  ASSERT_EQ(config.services.size(), 1U);
  const Target& target = config.services[0].targets.at(0);
  EXPECT_EQ(id_of(target), "humr/http://rescue.example.com:9966/a?b");
  EXPECT_EQ(target.url, "http://rescue.example.com:9966/a?b");
  EXPECT_EQ(target.host, "rescue.example.com");
  EXPECT_EQ(target.port, 9966);
  EXPECT_EQ(target.path, "/a?b");
  EXPECT_EQ(target.interval, std::chrono::minutes(20));
  EXPECT_EQ(target.timeout, std::chrono::seconds(7));
  EXPECT_EQ(target.detail, Detail::compact);
}

TEST(List, ColumnsAreFoundByTheirNames) {
  Config config;
  ASSERT_TRUE(
      take_list("notes,Category_Code,URL\nx,NEWS,https://a.example/\n", kSettings, 0, config));
  EXPECT_EQ(names_of(config)["news"], std::vector<std::string>{"https://a.example/"});
  const auto missing =
      take_list("address,category_code\nhttps://a.example/,NEWS\n", kSettings, 0, config);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), HasSubstr("no column 'url'"));
}

TEST(List, TheSecondListAddsToTheFirst) {
  Config config;
  ASSERT_TRUE(take_list(kHead + "https://a.example/,NEWS\n", kSettings, 0, config));
  const auto second =
      take_list(kHead + "https://a.example,GRP\nhttps://b.example/,NEWS\n", {"b.csv"}, 0, config);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->taken, 1U);
  EXPECT_EQ(second->skipped.size(), 1U);
  EXPECT_THAT(names_of(config)["news"], ElementsAre("https://a.example/", "https://b.example/"));
}

TEST(List, ACategoryThatIsAServiceOfTheConfigurationIsRefused) {
  Config config;
  config.services.push_back({"news", {}});
  const auto report = take_list(kHead + "https://a.example/,NEWS\n", kSettings, 1, config);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), AllOf(HasSubstr("line 2"), HasSubstr("'news'")));
}

TEST(List, ACategoryCannotPassForAControl) {
  Config config;
  const auto report =
      take_list(kHead + "https://a.example/,control.foreign\n", kSettings, 0, config);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), HasSubstr("can be no service's name"));
}

TEST(List, OnlyTheWebIsListed) {
  Config config;
  const auto report = take_list(kHead + "imaps://a.example,NEWS\n", kSettings, 0, config);
  EXPECT_THAT(report.error(), HasSubstr("neither http nor https"));
}

TEST(List, NothingLeftIsAFaultWithItsReason) {
  Config config;
  EXPECT_THAT(take_list("", kSettings, 0, config).error(), HasSubstr("is empty"));
  EXPECT_THAT(take_list(kHead, kSettings, 0, config).error(), HasSubstr("holds no URL"));
  const auto report = take_list(kHead + "gopher://a.example/,NEWS\n", kSettings, 0, config);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), AllOf(HasSubstr("line 2"), HasSubstr("unknown scheme")));
  EXPECT_TRUE(config.services.empty());
}

TEST(List, BytesThatAreNoTextAndEndlessUrlsArePassedOver) {
  Config config;
  const std::string text = kHead + "https://\xff.example/,NEWS\nhttps://a.example/" +
                           std::string(1100, 'x') + ",NEWS\nhttps://fine.example/,NEWS\n";
  const auto report = take_list(text, kSettings, 0, config);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->taken, 1U);
  ASSERT_EQ(report->skipped.size(), 2U);
  EXPECT_THAT(report->skipped[0].why, HasSubstr("UTF-8"));
  EXPECT_THAT(report->skipped[1].why, HasSubstr("1024"));
}

TEST(List, IsBoundedInTargets) {
  std::string text = kHead;
  for (std::size_t i = 0; i <= kMostListed; ++i) {
    text += "http://a.example/" + std::to_string(i) + ",NEWS\n";
  }
  Config config;
  const auto report = take_list(text, kSettings, 0, config);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), HasSubstr("100000"));
}

// The Citizen Lab's own lists are not ours to copy. They are read where they lie: in the folder
// that REACHD_EXTRA_DATA names, or beside the source.
TEST(List, TheCitizenLabsOwnListsWhereTheyAreAtHandAreTakenWhole) {
  const char* named = std::getenv("REACHD_EXTRA_DATA");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(REACHD_SOURCE_DIR) / "../shared/data";
  Config config;
  for (const auto& [file, lines] : {std::pair("global.csv", 1722U), std::pair("cn.csv", 594U)}) {
    if (!std::filesystem::exists(folder / file)) continue;
    const auto report = take_list(contents(folder / file), {file}, 0, config);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->taken + report->skipped.size(), lines) << file;
    EXPECT_LE(report->skipped.size(), 10U) << file;
    for (const SkippedLine& line : report->skipped) EXPECT_THAT(line.why, HasSubstr("already"));
  }
}

}  // namespace
}  // namespace reachd
