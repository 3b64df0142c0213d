#include "config/units.hpp"

#include <gtest/gtest.h>

#include <random>

namespace reachd {
namespace {

using std::chrono::milliseconds;

TEST(Units, DurationsReadAsTheyAreMeant) {
  const std::pair<const char*, std::int64_t> table[] = {{"0s", 0},
                                                        {"1ms", 1},
                                                        {"250ms", 250},
                                                        {"60s", 60'000},
                                                        {"10m", 600'000},
                                                        {"48h", 172'800'000},
                                                        {"30d", 2'592'000'000},
                                                        {"1h30m", 5'400'000},
                                                        {"1s500ms", 1500},
                                                        {"1d1h1m1s1ms", 90'061'001},
                                                        {"007s", 7000},
                                                        {"3650d", 315'360'000'000}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_EQ(parsed->count(), expected) << text;
  }
}

TEST(Units, DurationsThatWouldBeGuessesAreRefusedWithTheReason) {
  const std::pair<std::string, const char*> table[] = {
      {"", "not a duration"},
      {"60", "without a unit"},
      {"1h30", "without a unit"},
      {"s", "not a duration"},
      {"-5s", "not a duration"},
      {"+5s", "not a duration"},
      {" 5s", "not a duration"},
      {"5s ", "unknown unit 's '"},
      {"5 s", "unknown unit ' s'"},
      {"1.5h", "fraction"},
      {"60sec", "unknown unit 'sec'"},
      {"5S", "unknown unit 'S'"},
      {"30m1h", "out of order"},
      {"1s1s", "out of order"},
      {"3651d", "longer than 10"},
      {"3650d1ms", "longer than 10"},
      {"99999999999999999999999s", "longer than 10"},
      {"18446744073709551616ms", "longer than 10"},
      {"1e3s", "unknown unit 'e'"},
      {"infs", "not a duration"},
      {std::string("5s\0", 3), "unknown unit 's\\x00'"},
      {"5\xc2\xb5s", "unknown unit"},
      {"5\x1b[31ms", "unknown unit '\\x1b['"}};
  for (const auto& [text, why] : table) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().find(why), std::string::npos) << text << ": " << parsed.error();
    EXPECT_NE(parsed.error().find("1h30m"), std::string::npos) << "no example: " << parsed.error();
  }
}

TEST(Units, EveryDurationSurvivesTextAndBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const milliseconds value(random() % (std::uint64_t{1} << (i % 38 + 1)));
    const auto parsed = parse_duration(to_string(value));
    ASSERT_TRUE(parsed.has_value()) << to_string(value);
    EXPECT_EQ(*parsed, value) << to_string(value);
  }
}

TEST(Units, DurationsPrintLargestUnitFirst) {
  EXPECT_EQ(to_string(milliseconds(90'000)), "1m30s");
  EXPECT_EQ(to_string(milliseconds(172'800'000)), "2d");
  EXPECT_EQ(to_string(milliseconds(1)), "1ms");
  EXPECT_EQ(to_string(milliseconds(0)), "0s");
  EXPECT_EQ(to_string(milliseconds(-1500)), "-1s500ms");
  EXPECT_EQ(to_string(milliseconds::min()).front(), '-');
}

TEST(Units, FractionsArePercentagesOrShares) {
  const std::pair<const char*, double> table[] = {{"20%", 0.2},    {"0.2", 0.2},      {"0", 0},
                                                  {"0%", 0},       {"1", 1},          {"100%", 1},
                                                  {"12.5%", .125}, {"0.000001", 1e-6}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_fraction(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_DOUBLE_EQ(*parsed, expected) << text;
  }
  for (const char* text : {"", "%", "20", "101%", "1.01", "-1%", "+0.1", "nan", "inf", "1e-1",
                           "0x1", ".5", "5.", "0,2", "20 %", "20%%", "0.2.2"}) {
    EXPECT_FALSE(parse_fraction(text).has_value()) << text;
  }
}

TEST(Units, BytesKnowBothFamiliesOfUnits) {
  const std::pair<const char*, std::uint64_t> table[] = {{"512", 512},
                                                         {"0", 0},
                                                         {"64KiB", 65'536},
                                                         {"2GiB", 2'147'483'648},
                                                         {"1MB", 1'000'000},
                                                         {"3kB", 3000},
                                                         {"7B", 7},
                                                         {"1TiB", 1ULL << 40},
                                                         {"5MiB", 5'242'880},
                                                         {"1GB", 1'000'000'000},
                                                         {"18446744073709551615", ~0ULL}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_bytes(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_EQ(*parsed, expected) << text;
  }
  for (const char* text : {"", "KiB", "64K", "64kib", "-1", "+1", "1.5MiB", "1 MiB", "1e6", "0x10",
                           "18446744073709551616", "18014398509481984KiB", "1MiBMiB", "1MiB "}) {
    EXPECT_FALSE(parse_bytes(text).has_value()) << text;
  }
}

TEST(Units, RatesAreACountPerATime) {
  const std::pair<const char*, Rate> table[] = {
      {"2/s", {2, milliseconds(1000)}},          {"20/min", {20, milliseconds(60'000)}},
      {"20/m", {20, milliseconds(60'000)}},      {"1/90d", {1, milliseconds(7'776'000'000)}},
      {"0.5/s", {0.5, milliseconds(1000)}},      {"5/h", {5, milliseconds(3'600'000)}},
      {"1/1h30m", {1, milliseconds(5'400'000)}}, {"3/ms", {3, milliseconds(1)}}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_rate(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_EQ(*parsed, expected) << text;
  }
  EXPECT_DOUBLE_EQ(parse_rate("30/min")->per_second(), 0.5);
  EXPECT_EQ(Rate{}.per_second(), 0);
  const std::string huge = std::string(400, '9') + "/s";
  for (const char* text : {"", "2", "/s", "2/", "0/s", "-1/s", "2/0s", "inf/s", "nan/s", "1e9/s",
                           "2 / s", "2/s/s", "2/fortnight", "2/60", "0.0/s", huge.c_str()}) {
    EXPECT_FALSE(parse_rate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace reachd
