#include "daemon/web/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/gzip.hpp"
#include "daemon/web/kind_words.hpp"

namespace reachd::web {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(Html, MarkupBecomesText) {
  EXPECT_EQ(escape_html("<b a=\"1\" c='2'>&amp;"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

TEST(Html, WhatWouldHideObeyOrTurnAroundIsShown) {
  EXPECT_EQ(escape_html("a\x1b[31m\nb\r\x7f"), "a\\x1b[31m\\x0ab\\x0d\\x7f");
  EXPECT_EQ(escape_html(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escape_html("gpj.\u202eexe"), "gpj.\\u{202e}exe");
  EXPECT_EQ(escape_html("\u2066x\u2069"), "\\u{2066}x\\u{2069}");
  EXPECT_EQ(escape_html("a\u200bb"), "a\\u{200b}b");
  EXPECT_EQ(escape_html("\xff\xc0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(escape_html("سلام 中国"), "سلام 中国");
}

TEST(Html, LengthIsBoundWhateverComes) {
  const std::string line(1 << 20, '<');
  const std::string escaped = escape_html(line);
  EXPECT_LT(escaped.size(), 2000U);
  EXPECT_THAT(escaped, EndsWith("…"));
  EXPECT_EQ(escape_html("abcdef", 3), "ab…");
  EXPECT_LT(escape_html(std::string(1 << 20, '\xff'), 10).size(), 50U);
}

TEST(Html, TextIsIsolatedFromItsNeighbours) {
  EXPECT_EQ(isolated("سلام<"), "<bdi>سلام&lt;</bdi>");
}

TEST(Html, LinksHoldNamesThatAreUrls) {
  EXPECT_EQ(link_to("NEWS", "https://a.example/b?c=d&e", "x"),
            "<a href=\"/targets/NEWS/https%3A%2F%2Fa.example%2Fb%3Fc%3Dd%26e\">x</a>");
}

TEST(Html, NumbersAreGrouped) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

TEST(KindWords, AKindHasItsWordsOrThoseOfItsNearestAncestor) {
  EXPECT_EQ(kind_words("tls.reset.sni"), "reset when the TLS handshake names the service");
  EXPECT_EQ(kind_words("tls.reset.other"), "reset during the TLS handshake");
  EXPECT_EQ(kind_words("dns.encrypted.doh.reset"), "a resolver over HTTPS cannot be used");
  EXPECT_EQ(kind_words("never.heard.of"), "never.heard.of");
  EXPECT_EQ(kinds_words({"tls.reset.other", "tls.reset", "dns.nxdomain"}),
            "reset during the TLS handshake; the resolver denies that the name exists");
  EXPECT_EQ(kinds_words({}), "");
}

TEST(Gzip, WhatAClientTakes) {
  EXPECT_TRUE(takes_gzip("gzip, deflate, br"));
  EXPECT_TRUE(takes_gzip("br , gzip;q=0.5"));
  EXPECT_FALSE(takes_gzip("deflate, br"));
  EXPECT_FALSE(takes_gzip("gzip;q=0"));
  EXPECT_FALSE(takes_gzip("xgzip"));
  EXPECT_FALSE(takes_gzip(""));
}

TEST(Gzip, IsSmallerAndBeginsAsGzipDoes) {
  const std::string text(100'000, 'x');
  const std::string packed = gzipped(text, 4);
  EXPECT_LT(packed.size(), 1000U);
  EXPECT_EQ(packed.substr(0, 3), "\x1f\x8b\x08");
}

}  // namespace
}  // namespace reachd::web
