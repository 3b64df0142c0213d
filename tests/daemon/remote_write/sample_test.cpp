#include "daemon/remote_write/sample.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/metrics.hpp"

namespace reachd::remote_write {
namespace {

using testing::ElementsAre;

struct Read {
  bool good = false;
  Sample sample;
  std::string scratch;
  explicit Read(std::string_view line) { good = read_sample(line, sample, scratch); }
};

TEST(Sample, HasItsNameAmongItsLabelsAllInOrder) {
  const Read read(R"(reachd_target_status{target="web",service_name="gmail",status="ok"} 1)");
  ASSERT_TRUE(read.good);
  EXPECT_THAT(read.sample.labels,
              ElementsAre(Label{"__name__", "reachd_target_status"}, Label{"service_name", "gmail"},
                          Label{"status", "ok"}, Label{"target", "web"}));
  EXPECT_EQ(read.sample.value, 1);
}

TEST(Sample, TakesWhatTheTextFormatEscapes) {
  const Read read(R"(a{b="x\"y\\z\n",c="} 1, d=\"e\"",f=""} 2.5e-07)");
  ASSERT_TRUE(read.good);
  EXPECT_THAT(read.sample.labels, ElementsAre(Label{"__name__", "a"}, Label{"b", "x\"y\\z\n"},
                                              Label{"c", "} 1, d=\"e\""}));
  EXPECT_EQ(read.sample.value, 2.5e-07);
}

TEST(Sample, ReadsTheNumbersThatAreNone) {
  EXPECT_TRUE(std::isinf(Read("a +Inf").sample.value));
  EXPECT_LT(Read("a -Inf").sample.value, 0);
  EXPECT_TRUE(std::isinf(Read("a -Inf").sample.value));
  EXPECT_TRUE(std::isnan(Read("a Nan").sample.value));
}

TEST(Sample, AnythingElseIsNone) {
  for (const char* line : {"", "# TYPE a gauge", "a", "a ", "a x", "a{", "a{b} 1", "a{b=\"c} 1",
                           "a{b=\"c\\", "a{b=\"c\"}1", " 1", "{} 1", "a 1 2"}) {
    EXPECT_FALSE(Read(line).good) << line;
  }
  EXPECT_EQ(series_of("# HELP a b"), "");
  EXPECT_EQ(series_of("a{b=\"c d\"} 1"), "a{b=\"c d\"}");
}

// No line of the exposition is lost on the way: what is scraped is what is pushed.
TEST(Sample, EveryLineOfTheExpositionIsRead) {
  Config config;
  Target target;
  target.service = "gmail";
  target.name = "web";
  target.host = "mail.google.com";
  config.services = {{.name = "gmail", .targets = {target}}};
  Metrics metrics;
  metrics.configure(config);
  int lines = 0;
  const auto all = metrics.collect();
  ASSERT_EQ(all.parts.count, 1U);
  std::string part;
  all.parts.append(0, part);
  for (const auto& text : {*all.own, part}) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line); ++lines) {
      const Read read(line);
      EXPECT_TRUE(read.good) << line;
      ASSERT_FALSE(read.sample.labels.empty());
      EXPECT_TRUE(line.starts_with(read.sample.labels[0].value)) << line;
    }
  }
  EXPECT_GT(lines, 150);
}

}  // namespace
}  // namespace reachd::remote_write
