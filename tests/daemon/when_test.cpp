#include "daemon/when.hpp"

#include <gtest/gtest.h>

namespace reachd {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

TEST(When, TimesSurviveTextAndBack) {
  for (const char* text :
       {"1970-01-01T00:00:00Z", "2026-11-24T10:00:00Z", "2024-02-29T23:59:59Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_rfc3339(*time), text);
  }
}

TEST(When, FractionsOfASecondAreCutOff) {
  EXPECT_EQ(to_rfc3339(system_clock::time_point(std::chrono::milliseconds(1999))),
            "1970-01-01T00:00:01Z");
}

TEST(When, OtherTextIsNoTime) {
  for (const char* text : {"", "today", "2026-11-24", "2026-11-24T10:00:00", "2026-13-24T10:00:00Z",
                           "2026-11-24T10:00:00Z.", "2026-11-24T10:00:00+01:00"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(When, SpansAreToldInTheirTwoLargestUnits) {
  const std::pair<int, const char*> rows[] = {
      {-5, "0 s"},           {0, "0 s"},
      {59, "59 s"},          {60, "1 min"},
      {3599, "59 min"},      {3600, "1 h 0 min"},
      {11520, "3 h 12 min"}, {86399, "23 h 59 min"},
      {86400, "1 d 0 h"},    {100 * 86400 + 7200, "100 d 2 h"}};
  for (const auto& [span, words] : rows) EXPECT_EQ(to_words(seconds(span)), words);
}

}  // namespace
}  // namespace reachd
