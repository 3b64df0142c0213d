#include "config/wording.hpp"

#include <gtest/gtest.h>

namespace reachd {
namespace {

TEST(Wording, QuotedTextIsShortAndPrintableWhateverItHolds) {
  const std::pair<std::string, const char*> table[] = {
      {"", "''"},
      {"bücher 你好 😀", "'bücher 你好 😀'"},
      {"\x1b[31m\n\t\x7f", "'\\x1b[31m\\x0a\\x09\\x7f'"},
      {std::string("a\0b", 3), "'a\\x00b'"},
      {"\xc2\x9b", "'\\xc2\\x9b'"},  // C1: a terminal's escape in one character
      {"\xe2\x80\xae"
       "exe",
       "'\\xe2\\x80\\xaeexe'"},                        // turns the text that follows
      {"\xc0\xaf\xff", "'\\xc0\\xaf\\xff'"},           // overlong and broken
      {"\xed\xa0\x80", "'\\xed\\xa0\\x80'"},           // half a surrogate
      {"\xf4\x90\x80\x80", "'\\xf4\\x90\\x80\\x80'"},  // beyond Unicode
      {"a\xe4\xbd", "'a\\xe4\\xbd'"}};                 // cut off
  for (const auto& [text, expected] : table) EXPECT_EQ(in_quotes(text), expected);
  EXPECT_EQ(in_quotes(std::string(100, 'x')), "'" + std::string(60, 'x') + "…'");
}

TEST(Wording, TheNearestWordIsTheOneThatWasMeant) {
  const std::vector<std::string_view> known{"interval", "timeout", "rate", "udp", "name"};
  const std::pair<const char*, const char*> table[] = {{"intervall", "interval"},
                                                       {"intreval", "interval"},
                                                       {"Timeout", "timeout"},
                                                       {"tiemout", "timeout"},
                                                       {"raet", "rate"},
                                                       {"upd", "udp"},
                                                       {"names", "name"},
                                                       {"colour", ""},
                                                       {"x", ""},
                                                       {"", ""}};
  for (const auto& [word, expected] : table) EXPECT_EQ(nearest(word, known), expected) << word;
  EXPECT_EQ(nearest(std::string(100'000, 'r'), known), "");
  EXPECT_EQ(suggestion("raet", known), "; did you mean 'rate'?");
  EXPECT_EQ(suggestion("colour", {"a", "b", "c"}), "; known here: a, b and c");
}

TEST(Wording, BrokenUtf8IsFoundWhereItBegins) {
  EXPECT_EQ(find_broken_utf8("ascii, bücher, 你好, 😀"), std::string_view::npos);
  EXPECT_EQ(find_broken_utf8("caf\xe9"), 3U);
  EXPECT_EQ(find_broken_utf8("\x80"), 0U);
  EXPECT_EQ(find_broken_utf8("ab\xf0\x9f\x98"), 2U);
}

}  // namespace
}  // namespace reachd
