#include "daemon/samples.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "daemon/exposition.hpp"
#include "tests/support/scrape.hpp"

namespace reachd {
namespace {

constexpr std::array<FamilyHead, 3> kFamilies{{{"a_total", "counter", "Counts."},
                                               {"b", "histogram", "Spreads."},
                                               {"c", "gauge", "Stands in nobody's block."}}};

SampleShape shape() {
  return {kFamilies, "m", "x"};
}

SampleBlock block_of(SampleShape shape, std::string_view first = "1", std::string_view last = "2") {
  return {std::make_shared<const SampleShape>(std::move(shape)), first, last};
}

std::string lines_of(const SampleBlock& block) {
  Samples samples;
  samples.add(block);
  std::string text;
  samples.render_target(0, text);
  return text;
}

TEST(Samples, StandByFamilyWhateverWasAddedFirst) {
  SampleShape made = shape();
  const auto sum = made.add(1, {}, "_sum");
  const auto count = made.add(0, {{"a", "0"}, {"n", "\"\\\n"}});
  made.add(1, {}, "_bucket", "0.5");
  made.add(0);
  EXPECT_EQ(made.size(), 4U);
  SampleBlock block = block_of(made);
  block[sum] = 0.25;
  block[count] += 3;
  EXPECT_EQ(lines_of(block), R"(a_total{a="0",m="1",n="\"\\\n",x="2"} 3
a_total{m="1",x="2"} 0
b_sum{m="1",x="2"} 0.25
b_bucket{m="1",x="2",le="0.5"} 0
)");
}

TEST(Samples, NamesAreEscaped) {
  SampleShape made = shape();
  made.add(0);
  EXPECT_EQ(lines_of(block_of(made, "\"1\"", "\\\n")), R"(a_total{m="\"1\"",x="\\\n"} 0
)");
}

TEST(Samples, NumbersReadBackAsTheyWere) {
  SampleShape made = shape();
  const auto place = made.add(0);
  SampleBlock block = block_of(made);
  for (const double value :
       {1'769'903'998.81, 0.1 + 0.2, 1e300, 1e-300, 1e15, -7.0, 99'999.0, 100'000.0,
        4'294'967'296.0, 1.5, std::numeric_limits<double>::infinity()}) {
    block[place] = value;
    EXPECT_EQ(test::read_scrape(lines_of(block))[R"(a_total{m="1",x="2"})"], value);
  }
  block[place] = std::nan("");
  EXPECT_EQ(lines_of(block), "a_total{m=\"1\",x=\"2\"} nan\n");
}

// Whole numbers go a way of their own; it must say what the general one would.
TEST(Samples, NumbersAreTheShortestText) {
  SampleShape made = shape();
  const auto place = made.add(0);
  SampleBlock block = block_of(made);
  std::string expected;
  for (const double value : {0.0, -0.0, 1.0, 9.0, 10.0, 1'000.0, 12'345.0, 90'000.0, 99'999.0,
                             100'000.0, 123'456.0, 1e6, 1e15}) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    expected = "a_total{m=\"1\",x=\"2\"} " + std::string(digits.data(), end) + "\n";
    block[place] = value;
    EXPECT_EQ(lines_of(block), expected);
  }
}

TEST(Samples, OfManyAreJoinedByFamilyUnderOneHeadEach) {
  SampleShape made = shape();
  made.add(0);
  made.add(1, {}, "_sum");
  const auto shared = std::make_shared<const SampleShape>(made);
  Samples samples;
  for (const char* name : {"1", "2"}) samples.add(SampleBlock(shared, name, "2"));
  std::string text;
  ExpositionReader reader({}, kFamilies, std::make_shared<const Samples>(samples));
  EXPECT_FALSE(reader.read(text));
  EXPECT_EQ(text,
            "# HELP a_total Counts.\n# TYPE a_total counter\na_total{m=\"1\",x=\"2\"} "
            "0\na_total{m=\"2\",x=\"2\"} 0\n"
            "# HELP b Spreads.\n# TYPE b histogram\nb_sum{m=\"1\",x=\"2\"} "
            "0\nb_sum{m=\"2\",x=\"2\"} 0\n");
}

TEST(Samples, OfThousandsAreReadInPiecesThatAreTheWhole) {
  constexpr std::size_t kMany = 4000;
  SampleShape made = shape();
  made.add(0);
  made.add(1, {}, "_sum");
  const auto shared = std::make_shared<const SampleShape>(made);
  Samples samples;
  for (std::size_t i = 0; i < kMany; ++i) {
    samples.add(SampleBlock(shared, std::to_string(i), "2"));
  }
  std::string whole = "# TYPE o gauge\no 1\n# HELP a_total Counts.\n# TYPE a_total counter\n";
  for (std::size_t i = 0; i < kMany; ++i) samples.render(i, 0, whole);
  whole += "# HELP b Spreads.\n# TYPE b histogram\n";
  for (std::size_t i = 0; i < kMany; ++i) samples.render(i, 1, whole);
  ExpositionReader reader({{"o", {"# TYPE o gauge\n", "o 1\n"}}}, kFamilies,
                          std::make_shared<const Samples>(samples));
  std::string text;
  std::vector<std::size_t> sizes;
  bool more = true;
  while (more) {
    std::string piece;
    more = reader.read(piece);
    sizes.push_back(piece.size());
    text += piece;
  }
  EXPECT_EQ(text, whole);
  ASSERT_GT(sizes.size(), 2U);
  sizes.pop_back();
  for (const std::size_t size : sizes) {
    EXPECT_GE(size, 64U * 1024);
    EXPECT_LT(size, 65U * 1024);
  }
}

TEST(Samples, OneShapeLendsNoNumbers) {
  SampleShape made = shape();
  const auto place = made.add(0);
  const auto shared = std::make_shared<const SampleShape>(made);
  SampleBlock one(shared, "1", "2");
  SampleBlock other(shared, "other", "2");
  one[place] = 5;
  EXPECT_EQ(lines_of(one), "a_total{m=\"1\",x=\"2\"} 5\n");
  EXPECT_EQ(lines_of(other), "a_total{m=\"other\",x=\"2\"} 0\n");
}

TEST(Samples, ALateOneIsItsBlocksOwnAndStandsWithItsFamily) {
  SampleShape made = shape();
  made.add(0);
  made.add(1);
  const auto shared = std::make_shared<const SampleShape>(made);
  const auto rare = std::make_shared<const SampleLine>(shared->line(0, {{"k", "rare"}}));
  SampleBlock one(shared, "1", "2");
  const SampleBlock other(shared, "other", "2");
  one.late(rare) += 1;
  one.late(rare) += 1;
  EXPECT_EQ(one.size(), 3U);
  Samples samples;
  samples.add(one);
  samples.add(other);
  std::string text;
  samples.render_target(0, text);
  EXPECT_EQ(text,
            "a_total{m=\"1\",x=\"2\"} 0\na_total{k=\"rare\",m=\"1\",x=\"2\"} 2\n"
            "b{m=\"1\",x=\"2\"} 0\n");
  text.clear();
  samples.render_target(1, text);
  EXPECT_EQ(text, "a_total{m=\"other\",x=\"2\"} 0\nb{m=\"other\",x=\"2\"} 0\n");
  text.clear();
  for (std::size_t i = 0; i < samples.targets(); ++i) samples.render(i, 0, text);
  EXPECT_EQ(text,
            "a_total{m=\"1\",x=\"2\"} 0\na_total{k=\"rare\",m=\"1\",x=\"2\"} 2\n"
            "a_total{m=\"other\",x=\"2\"} 0\n");
  one.clear_late(1);
  EXPECT_EQ(one.late(rare), 2);
  one.clear_late(0);
  EXPECT_EQ(one.late(rare), 0);
  EXPECT_EQ(one.size(), 3U) << "it stays";
}

TEST(Samples, StayAsTheyWereTakenAndOutliveTheirBlock) {
  Samples samples;
  {
    SampleShape made = shape();
    const auto place = made.add(0);
    SampleBlock block = block_of(made);
    const auto rare = std::make_shared<const SampleLine>(made.line(0, {{"k", "rare"}}));
    block[place] = 1;
    block.late(rare) = 2;
    samples.add(block);
    block[place] = 7;
    block.late(rare) = 8;
  }
  std::string text;
  samples.render_target(0, text);
  EXPECT_EQ(text, "a_total{m=\"1\",x=\"2\"} 1\na_total{k=\"rare\",m=\"1\",x=\"2\"} 2\n");
}

}  // namespace
}  // namespace reachd
