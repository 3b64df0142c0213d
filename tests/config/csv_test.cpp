#include "config/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<int> lines_of(const CsvTable& table) {
  std::vector<int> lines;
  for (const CsvRow& row : table.rows) lines.push_back(row.line);
  return lines;
}

TEST(Csv, FieldsMayBeQuotedAndHoldCommasQuotesAndLineEnds) {
  const CsvTable table = parse_csv("a,\"b, \"\"c\"\"\nd\",e\r\nf,,\n");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("a", "b, \"c\"\nd", "e"));
  EXPECT_THAT(table.rows[1].fields, ElementsAre("f", "", ""));
  EXPECT_THAT(lines_of(table), ElementsAre(1, 3));
  EXPECT_THAT(table.unclosed, IsEmpty());
}

TEST(Csv, AByteOrderMarkAndEmptyLinesAreNoRows) {
  const CsvTable table = parse_csv("\xef\xbb\xbf\r\na\n\n\nb");
  EXPECT_THAT(lines_of(table), ElementsAre(2, 5));
  EXPECT_THAT(table.rows[0].fields, ElementsAre("a"));
  EXPECT_THAT(table.rows[1].fields, ElementsAre("b"));
  EXPECT_THAT(parse_csv("").rows, IsEmpty());
}

TEST(Csv, AQuoteThatIsNeverClosedCostsItsLineOnly) {
  const CsvTable table = parse_csv("a,1\nb,\"2\nc,3\nd,4\n");
  EXPECT_THAT(lines_of(table), ElementsAre(1, 3, 4));
  EXPECT_THAT(table.unclosed, ElementsAre(2));
  EXPECT_THAT(parse_csv("a,1\nb,\"").unclosed, ElementsAre(2));
  EXPECT_THAT(lines_of(parse_csv("a,1\nb,\"")), ElementsAre(1));
}

TEST(Csv, LinesThatEachCloseAndOpenAQuoteAreOneRowAndCostOneLook) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a\",\"\n";
  const CsvTable table = parse_csv(text + "b,c\n");
  EXPECT_THAT(table.unclosed, ElementsAre(1000));
  EXPECT_THAT(lines_of(table), ElementsAre(1001));
}

TEST(Csv, AQuoteInsideAFieldIsALetter) {
  const CsvTable table = parse_csv("say \"hello\",b\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("say \"hello\"", "b"));
}

}  // namespace
}  // namespace reachd
