#include "probes/text.hpp"

#include <gtest/gtest.h>

#include "probes/print.hpp"

namespace reachd {
namespace {

TEST(Text, OnlyStrictUtf8IsUtf8) {
  for (const char* good : {"", "plain", "Grüße", "你好", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xe2\x82",
        "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "a\xe2(\xa1", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(Text, Base64GoesThereAndBack) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {std::string("\0\xff", 2), "AP8="}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  for (const char* bad : {"Z", "Zg", "Zg=", "Z!==", "Zm9v\n", "====", "Zg==Zg=="}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
}

TEST(Text, ColumnsAreWhatATerminalGives) {
  EXPECT_EQ(columns("plain"), 5U);
  EXPECT_EQ(columns("你好"), 4U);
  EXPECT_EQ(columns("e\xcc\x81"), 1U);
  EXPECT_EQ(fit("plain", 5), "plain");
  EXPECT_EQ(fit("plains", 5), "plai…");
  EXPECT_EQ(fit("你好吗", 5), "你好…");
  EXPECT_EQ(fit("你好吗", 4), "你…");
  EXPECT_EQ(fit("plain", 0), "");
}

TEST(EscapeForPeople, WhatShowsStaysAndTheRestIsSpelledOut) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"plain ~ \\ \"", "plain ~ \\ \""},
      {"Grüße, 你好 😀", "Grüße, 你好 😀"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {std::string("\0\t\r\n\x7f", 5), "\\x00\\x09\\x0d\\x0a\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\u{009b}31m"},                                    // C1: another CSI
      {"\xe2\x80\xaa\xe2\x80\xae", "\\u{202a}\\u{202e}"},  // embedding, override
      {"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}"},  // isolates
      {"\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x8b", "\\u{200e}\\u{200f}\\u{200b}"},
      {"\xe2\x80\xa8", "\\u{2028}"},        // line separator
      {"\xef\xbb\xbf", "\\u{feff}"},        // byte order mark
      {"\xf3\xa0\x81\xa1", "\\u{e0061}"},   // tag
      {"\xc0\xaf", "\\xc0\\xaf"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // surrogate
      {"caf\xe9", "caf\\xe9"},
      {"\xe2\x82", "\\xe2\\x82"},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(escape_for_people(bytes), text);
}

TEST(EscapeForPeople, TooLongIsCutBetweenCharacters) {
  EXPECT_EQ(escape_for_people("abcde", 5), "abcde");
  EXPECT_EQ(escape_for_people("abcdef", 5), "abcd…");
  EXPECT_EQ(escape_for_people("üüüüüü", 5), "üüüü…");
  EXPECT_EQ(escape_for_people("abc\x1b", 5), "abc…") << "an escape is not cut into";
  EXPECT_EQ(escape_for_people("ab\x1b", 6), "ab\\x1b");
  EXPECT_EQ(escape_for_people("abc", 0), "");
  EXPECT_EQ(escape_for_people(std::string(1000, 'x')).size(), 119 + std::string("…").size());
}

}  // namespace
}  // namespace reachd
