#include "probes/wire/html_title.hpp"

#include <gtest/gtest.h>

namespace reachd::wire {
namespace {

TEST(HtmlTitle, IsFoundWhateverTheMarkupLooksLike) {
  const struct {
    std::string_view body;
    std::string_view title;
  } cases[] = {
      {"", ""},
      {"plain text", ""},
      {"<html><head><title>Google</title></head>", "Google"},
      {"<HTML><TITLE LANG=en>\n  Hello,\n world \t</TITLE>", "Hello,\n world"},
      {"<title></title>", ""},
      {"<title>   </title><title>second</title>", ""},
      {"<titles>no</titles><title>yes</title>", "yes"},
      {"<<title>a < b</title>", "a < b"},
      {"<title>cut by the end of the bo", "cut by the end of the bo"},
      {"<title", ""},
      {"<title ", ""},
      {"<title>", ""},
      {"<tit", ""},
      {"<title>a</titl", "a</titl"},
      {"<title>x<b>y</b></title>", "x<b>y</b>"},
      {"<title>\xff\xfe\x1b[31m</title>", "\xff\xfe\x1b[31m"},
  };
  for (const auto& [body, title] : cases) EXPECT_EQ(html_title(body), title) << body;
}

TEST(HtmlTitle, IsCutTo256Bytes) {
  const std::string longest(256, 'x');
  EXPECT_EQ(html_title("<title>" + longest + "</title>"), longest);
  EXPECT_EQ(html_title("<title>" + longest + "y</title>"), longest);
  EXPECT_EQ(html_title("<title> " + std::string(10'000'000, 'x')), longest);
}

TEST(HtmlTitle, KeepsNulBytes) {
  const std::string body("<title>a\0b</title>", 18);
  EXPECT_EQ(html_title(body), std::string("a\0b", 3));
}

TEST(HtmlTitle, CostsOnePassOverAHostilePage) {
  std::string body;
  for (int i = 0; i < 200'000; ++i) body += "<titl<title/";
  EXPECT_EQ(html_title(body), "");
}

}  // namespace
}  // namespace reachd::wire
