#include "config/pattern.hpp"

#include <gtest/gtest.h>

namespace reachd {
namespace {

bool found(std::string_view pattern, std::string_view text) {
  const auto compiled = compile_pattern(pattern);
  if (!compiled) throw std::runtime_error(compiled.error());
  return occurs(*compiled, text);
}

TEST(Pattern, OccursAnywhereUnlessAnchored) {
  EXPECT_TRUE(found("User-agent", "# robots\nUser-agent: *\n"));
  EXPECT_FALSE(found("User-agent", "user-agent"));
  EXPECT_TRUE(found("^gws$", "gws"));
  EXPECT_FALSE(found("^gws", "not gws"));
  EXPECT_FALSE(found("gws$", "gws "));
  EXPECT_TRUE(found("a|b$", "xxb"));
  EXPECT_TRUE(found("\\bApple\\b", "An Apple a day"));
  EXPECT_FALSE(found("\\bApple\\b", "Applesauce"));
  EXPECT_TRUE(found("[0-9]{3}", "ab123"));
  EXPECT_TRUE(found("x", std::string_view("\0\xff\0x", 4)));
  EXPECT_FALSE(found("x", ""));
}

TEST(Pattern, WhatCouldTakeForeverIsRefused) {
  const std::pair<std::string, const char*> table[] = {
      {"(", "regular expression"},
      {"a)(b", "regular expression"},
      {"[z-a]", "regular expression"},
      {"*", "regular expression"},
      {"(a)\\1", "back-references"},
      {"\\" + std::string(60, '4'), "back-references"},
      {std::string(513, 'a'), "512"},
      {"a{501}", "too often"},
      {"((a?){100}){100}", "too often"},
      {"a{1,501}", "too often"},
      {"a{99999999999999999999}", "too often"}};
  for (const auto& [pattern, why] : table) {
    const auto compiled = compile_pattern(pattern);
    ASSERT_FALSE(compiled.has_value()) << pattern;
    EXPECT_NE(compiled.error().find(why), std::string::npos) << compiled.error();
  }
}

TEST(Pattern, AnEscapedBackslashBeforeADigitIsNoBackReference) {
  EXPECT_TRUE(found("a\\\\4", "a\\4"));
  EXPECT_TRUE(found(R"(a\\\0)", std::string_view("a\\\0", 3)));
  EXPECT_FALSE(compile_pattern("a\\\\\\4").has_value());
}

TEST(Pattern, AHostileBodyCostsNeitherStackNorSquareTime) {
  const std::string body(64 * 1024, 'a');
  EXPECT_FALSE(found("(a|aa)*b", body));
  EXPECT_FALSE(found("a.*b", body));
  EXPECT_TRUE(found("(.|\n)*", body));
  EXPECT_FALSE(found("(a?){500}b", body.substr(0, 2000)));
}

}  // namespace
}  // namespace reachd
