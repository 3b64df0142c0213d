#include <gtest/gtest.h>

#include "probes/measurement_json.hpp"

namespace reachd {
namespace {

TEST(Scrub, EverySpellingOfAnOwnAddressGoesAndNothingElse) {
  const std::vector<std::string> own{"198.51.100.9", "2001:db8::9", "not an address"};
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"198.51.100.9", "[scrubbed]"},
      {"from 198.51.100.9.", "from [scrubbed]."},
      {"198.51.100.9:443", "[scrubbed]:443"},
      {"ip=198.51.100.9&x=1", "ip=[scrubbed]&x=1"},
      {"198.51.100.9 and 198.51.100.9", "[scrubbed] and [scrubbed]"},
      {"198.51.100.90 198.51.100.8 1198.51.100.9", "198.51.100.90 198.51.100.8 1198.51.100.9"},
      {"2001:db8::9", "[scrubbed]"},
      {"[2001:DB8:0:0:0:0:0:9]:443", "[[scrubbed]]:443"},
      {"ip:2001:db8::9, bye", "ip:[scrubbed], bye"},
      {"at 2001:db8::9.", "at [scrubbed]."},
      {"2001:db8::91 2001:db8::", "2001:db8::91 2001:db8::"},
      {"::ffff:198.51.100.9", "[scrubbed]"},
      {std::string("\0 198.51.100.9 \xff", 16), std::string("\0 [scrubbed] \xff", 14)},
  };
  for (const auto& [before, after] : cases) EXPECT_EQ(scrub(before, own), after) << before;
}

TEST(Scrub, WithoutOwnAddressesTextIsLeftAlone) {
  EXPECT_EQ(scrub("198.51.100.9 ::1", {}), "198.51.100.9 ::1");
}

}  // namespace
}  // namespace reachd
