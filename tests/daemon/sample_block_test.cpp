#include "daemon/sample_block.hpp"

#include <array>

#include <gtest/gtest.h>

#include "daemon/exposition.hpp"
#include "tests/support/scrape.hpp"

namespace reachd {
namespace {

constexpr std::array<FamilyHead, 3> kFamilies{{{"a_total", "counter", "Counts."},
                                               {"b", "histogram", "Spreads."},
                                               {"c", "gauge", "Stands in nobody's block."}}};

TEST(SampleBlock, RendersItsFamiliesInTheirOrderWhateverWasAddedFirst) {
  SampleBlock block(kFamilies, label("x", "1"));
  const auto sum = block.add(1, {}, "_sum");
  const auto count = block.add(0, label("y", "2"));
  block[sum] = 0.25;
  block[count] += 3;
  block.add(0);
  const BlockText text = block.render();
  EXPECT_EQ(text.lines, "a_total{x=\"1\",y=\"2\"} 3\na_total{x=\"1\"} 0\nb_sum{x=\"1\"} 0.25\n");
  EXPECT_EQ(text.ends.size(), kFamilies.size());
  EXPECT_EQ(block.size(), 3U);
}

TEST(SampleBlock, NumbersReadBackAsTheyWere) {
  SampleBlock block(kFamilies, label("x", "1"));
  const auto place = block.add(0);
  for (const double value : {1'769'903'998.81, 0.1 + 0.2, 1e300, 5e-324, 1e15, -7.0}) {
    block[place] = value;
    EXPECT_EQ(test::read_scrape(block.render().lines)["a_total{x=\"1\"}"], value);
  }
}

TEST(SampleBlock, LabelsAreEscaped) {
  EXPECT_EQ(label("target", "http://a/?q=\"b\\c\nd"), "target=\"http://a/?q=\\\"b\\\\c\\nd\"");
}

TEST(SampleBlock, ManyAreJoinedByFamilyUnderOneHeadEach) {
  std::vector<std::shared_ptr<const BlockText>> parts;
  for (const char* name : {"1", "2"}) {
    SampleBlock block(kFamilies, label("x", name));
    block.add(0);
    block.add(1, {}, "_sum");
    parts.push_back(std::make_shared<const BlockText>(block.render()));
  }
  std::string text = "what was there before";
  join({}, kFamilies, parts, text);
  EXPECT_EQ(
      text,
      "# HELP a_total Counts.\n# TYPE a_total counter\na_total{x=\"1\"} 0\na_total{x=\"2\"} 0\n"
      "# HELP b Spreads.\n# TYPE b histogram\nb_sum{x=\"1\"} 0\nb_sum{x=\"2\"} 0\n");
}

}  // namespace
}  // namespace reachd
