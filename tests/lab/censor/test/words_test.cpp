#include <gtest/gtest.h>

#include "tests/lab/censor/address.hpp"
#include "tests/lab/censor/bytes.hpp"
#include "tests/lab/censor/http.hpp"
#include "tests/lab/censor/names.hpp"
#include "tests/lab/censor/range.hpp"

namespace censor::test {
namespace {

TEST(Names, StarsStandForAnything) {
  EXPECT_TRUE(hold({"*.facebook.com"}, "www.facebook.com"));
  EXPECT_FALSE(hold({"*.facebook.com"}, "facebook.com"));
  EXPECT_TRUE(hold({"*facebook.com"}, "facebook.com"));
  EXPECT_TRUE(hold({"a", "*b*c*"}, "xbyycz"));
  EXPECT_FALSE(hold({"*b*c"}, "xbyycz"));
  EXPECT_TRUE(hold({"*"}, ""));
  EXPECT_FALSE(hold({}, "a"));
}

TEST(Ranges, AsWritten) {
  EXPECT_TRUE(parse_range("<=3")->holds(3));
  EXPECT_FALSE(parse_range("<3")->holds(3));
  EXPECT_TRUE(parse_range(">16384")->holds(16385));
  EXPECT_FALSE(parse_range(">16384")->holds(16384));
  EXPECT_TRUE(parse_range(">=3")->holds(3));
  EXPECT_TRUE(parse_range("3-8")->holds(8));
  EXPECT_FALSE(parse_range("3-8")->holds(9));
  EXPECT_TRUE(parse_range("443")->holds(443));
  for (const char* bad : {"", "x", "<", "8-3", "<0", "=>3", "3-", "-3", "1e3"}) {
    EXPECT_FALSE(parse_range(bad)) << bad;
  }
}

TEST(Prefixes, HoldToTheBit) {
  const auto prefix = parse_prefix("10.1.128.0/17");
  ASSERT_TRUE(prefix);
  EXPECT_TRUE(prefix->holds(*parse_address("10.1.255.1")));
  EXPECT_FALSE(prefix->holds(*parse_address("10.1.127.1")));
  EXPECT_FALSE(prefix->holds(*parse_address("fd00::1")));
  EXPECT_TRUE(parse_prefix("::/0")->holds(*parse_address("fd00::1")));
  EXPECT_FALSE(parse_prefix("::/0")->holds(*parse_address("10.0.0.1")));
  EXPECT_FALSE(parse_prefix("2001:db8::1")->holds(*parse_address("2001:db8::2")));
  for (const char* bad : {"10.0.0.0/33", "10.0.0/8", "x", "::1/", "::/129"}) {
    EXPECT_FALSE(parse_prefix(bad)) << bad;
  }
}

TEST(Request, SaysHostAndPath) {
  const std::string text =
      "GET /A?q=X HTTP/1.1\r\nAccept: */*\r\nhOST:  WWW.Example.com:8080\r\n\r\nbody";
  const auto head = read_request(as_bytes(text));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->host, "www.example.com");
  EXPECT_EQ(head->path, "/a?q=x");
  EXPECT_EQ(head->end, text.size() - 4);
}

TEST(Request, CutAnywhereItHasNoEnd) {
  const std::string text = "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n";
  EXPECT_EQ(read_request(as_bytes(text))->host, "[::1]");
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto head = read_request(as_bytes(text).first(size));
    EXPECT_TRUE(!head || head->end == 0) << size;
  }
  EXPECT_FALSE(read_request(as_bytes("SSH-2.0\r\n\r\n")));
}

TEST(Answer, HasItsLength) {
  const Bytes answer = write_answer({403, "Forbidden", {{"Server", "x"}}, "page"});
  EXPECT_EQ(as_text(answer),
            "HTTP/1.1 403 Forbidden\r\nServer: x\r\nContent-Length: 4\r\n\r\npage");
}

}  // namespace
}  // namespace censor::test
