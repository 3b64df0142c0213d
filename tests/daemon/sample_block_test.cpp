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
  SampleBlock block(kFamilies, {"m", "1"}, {"x", "2"});
  const auto sum = block.add(1, {}, "_sum");
  const auto count = block.add(0, {{"a", "0"}, {"n", "\"\\\n"}});
  block.add(1, {}, "_bucket", "0.5");
  block[sum] = 0.25;
  block[count] += 3;
  block.add(0);
  const BlockText text = block.render();
  EXPECT_EQ(text.lines, R"(a_total{a="0",m="1",n="\"\\\n",x="2"} 3
a_total{m="1",x="2"} 0
b_sum{m="1",x="2"} 0.25
b_bucket{m="1",x="2",le="0.5"} 0
)");
  EXPECT_EQ(text.ends.size(), kFamilies.size());
  EXPECT_EQ(block.size(), 4U);
}

TEST(SampleBlock, NumbersReadBackAsTheyWere) {
  SampleBlock block(kFamilies, {"m", "1"}, {"x", "2"});
  const auto place = block.add(0);
  for (const double value : {1'769'903'998.81, 0.1 + 0.2, 1e300, 1e-300, 1e15, -7.0}) {
    block[place] = value;
    EXPECT_EQ(test::read_scrape(block.render().lines)[R"(a_total{m="1",x="2"})"], value);
  }
}

TEST(SampleBlock, ManyAreJoinedByFamilyUnderOneHeadEach) {
  std::vector<std::shared_ptr<const BlockText>> parts;
  for (const char* name : {"1", "2"}) {
    SampleBlock block(kFamilies, {"m", name}, {"x", "2"});
    block.add(0);
    block.add(1, {}, "_sum");
    parts.push_back(std::make_shared<const BlockText>(block.render()));
  }
  std::string text = "what was there before";
  join({}, kFamilies, parts, text);
  EXPECT_EQ(text,
            "# HELP a_total Counts.\n# TYPE a_total counter\na_total{m=\"1\",x=\"2\"} "
            "0\na_total{m=\"2\",x=\"2\"} 0\n"
            "# HELP b Spreads.\n# TYPE b histogram\nb_sum{m=\"1\",x=\"2\"} "
            "0\nb_sum{m=\"2\",x=\"2\"} 0\n");
}

}  // namespace
}  // namespace reachd
