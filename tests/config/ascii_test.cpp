#include "config/ascii.hpp"

#include <gtest/gtest.h>

namespace reachd::ascii {
namespace {

TEST(Ascii, MakesCapitalsSmallAndNothingElse) {
  EXPECT_EQ(lower("Content-TYPE @[`{ ÄÉ"), "content-type @[`{ ÄÉ");
  EXPECT_EQ(lower(""), "");
}

TEST(Ascii, ComparesButForCase) {
  EXPECT_TRUE(iequals("LoCaTion", "location"));
  EXPECT_TRUE(iequals("", ""));
  EXPECT_FALSE(iequals("location", "locations"));
  EXPECT_FALSE(iequals("[", "{"));        // which differ by the bit that tells the cases apart
  EXPECT_FALSE(iequals("Ä", "ä"));        // no ASCII
  EXPECT_FALSE(iequals("\xc4", "\xe4"));  // nor is Latin-1
}

TEST(Ascii, FindsAStart) {
  EXPECT_TRUE(istarts_with("BEARER abc", "Bearer "));
  EXPECT_TRUE(istarts_with("x", ""));
  EXPECT_FALSE(istarts_with("Bear", "Bearer "));
}

TEST(Ascii, FindsAPart) {
  EXPECT_TRUE(icontains("text/HTML; charset=x", "html"));
  EXPECT_TRUE(icontains("", ""));
  EXPECT_TRUE(icontains("x", ""));
  EXPECT_FALSE(icontains("htm", "html"));
  EXPECT_TRUE(icontains("hhtml", "HTML"));
}

TEST(Ascii, TrimsWhatIsBlankAtBothEnds) {
  EXPECT_EQ(trimmed(" \t\r\n\v\fa b\f\v\n\r\t "), "a b");
  EXPECT_EQ(trimmed(" \r\n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(std::string_view("\0a\0", 3)), std::string_view("\0a\0", 3));
  EXPECT_EQ(trimmed("..a. ", "."), "a. ");
}

}  // namespace
}  // namespace reachd::ascii
