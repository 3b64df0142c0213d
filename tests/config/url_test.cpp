#include "config/url.hpp"

#include <gtest/gtest.h>

#include "config/endpoint.hpp"

namespace reachd {
namespace {

TEST(Url, EverySchemeIsTakenApart) {
  const std::pair<const char*, TargetUrl> table[] = {
      {"https://www.example.org", {Scheme::https, "www.example.org", 443, "/", "", ""}},
      {"HTTPS://WWW.Example.ORG:8443/A?b=C",
       {Scheme::https, "www.example.org", 8443, "/A?b=C", "", ""}},
      {"http://www.example.org?q", {Scheme::http, "www.example.org", 80, "/?q", "", ""}},
      {"https://www.example.org./%E4%BD%A0",
       {Scheme::https, "www.example.org", 443, "/%E4%BD%A0", "", ""}},
      {"https://192.0.2.1/", {Scheme::https, "192.0.2.1", 443, "/", "", ""}},
      {"https://[2001:DB8::1]:444/", {Scheme::https, "2001:db8::1", 444, "/", "", ""}},
      {"https://www.example.org/@user", {Scheme::https, "www.example.org", 443, "/@user", "", ""}},
      {"https://xn--bcher-kva.example/",
       {Scheme::https, "xn--bcher-kva.example", 443, "/", "", ""}},
      {"imaps://imap.example/", {Scheme::imaps, "imap.example", 993, "/", "", ""}},
      {"imap://imap.example", {Scheme::imap, "imap.example", 143, "/", "", ""}},
      {"smtp://smtp.example:587", {Scheme::smtp, "smtp.example", 587, "/", "", ""}},
      {"smtps://smtp.example", {Scheme::smtps, "smtp.example", 465, "/", "", ""}},
      {"tcp://host.example:22", {Scheme::tcp, "host.example", 22, "/", "", ""}},
      {"tls://host_1.example:853", {Scheme::tls, "host_1.example", 853, "/", "", ""}},
      {"dns:///www.example.org", {Scheme::dns, "", 53, "/", "www.example.org", "A"}},
      {"dns:///www.example.org.?TYPE=aaaa", {Scheme::dns, "", 53, "/", "www.example.org", "AAAA"}},
      {"dns://192.0.2.53:5353/a.example?class=IN;type=HTTPS",
       {Scheme::dns, "192.0.2.53", 5353, "/", "a.example", "HTTPS"}},
      {"dns://[2001:db8::53]/a.example", {Scheme::dns, "2001:db8::53", 53, "/", "a.example", "A"}}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_target_url(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_TRUE(*parsed == expected)
        << text << " gives host " << parsed->host << " port " << parsed->port << " path "
        << parsed->path << " name " << parsed->dns_name << " type " << parsed->dns_type;
  }
}

TEST(Url, WhatIsNoneIsRefused) {
  for (const char* text : {"",
                           "https",
                           "https:",
                           "https://",
                           "//www.example.org/",
                           "https:www.example.org",
                           "https://www.example.org:80:80/",
                           "https://[::1",
                           "https://a.example:80x/",
                           "https://[::1]80/",
                           "https://a:b:80/",
                           "https://::1/",
                           "https://[v1.x]/",
                           "https://www.example.org/%zz",
                           "https://a\tb/",
                           "https://[fe80::1%25eth0]/",
                           "dns:///?type=A",
                           "dns:///a.example?type=A;type",
                           "dns:///a.example/b",
                           "https://./",
                           "https://1.2.3/",
                           "https://127.1/",
                           "https://0x7f000001/x",
                           "smtp://m.example?x",
                           "javascript://a/",
                           "file:///etc/passwd",
                           "https://exam\xffple/",
                           "https://a b/"}) {
    const auto parsed = parse_target_url(text);
    if (std::string_view(text).starts_with("https://0x7f")) {
      // A name like any other: only the resolver decides what it means.
      EXPECT_TRUE(parsed.has_value());
      continue;
    }
    EXPECT_FALSE(parsed.has_value()) << text;
  }
}

TEST(AddressAndPort, AddressesWithAndWithoutPorts) {
  const std::pair<const char*, AddressAndPort> table[] = {
      {"8.8.8.8", {"8.8.8.8", std::nullopt}},
      {"8.8.8.8:53", {"8.8.8.8", std::uint16_t{53}}},
      {"[2001:db8::1]:53", {"2001:db8::1", std::uint16_t{53}}},
      {"[2001:db8::1]", {"2001:db8::1", std::nullopt}},
      {"2001:DB8:0:0::1", {"2001:db8::1", std::nullopt}},
      {"127.0.0.1:0", {"127.0.0.1", std::uint16_t{0}}},
      {"::", {"::", std::nullopt}}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error();
    EXPECT_TRUE(*parsed == expected) << text;
  }
  for (const char* text : {"",
                           ":",
                           ":53",
                           "localhost",
                           "localhost:53",
                           "8.8.8",
                           "8.8.8.8:",
                           "8.8.8.8:x",
                           "8.8.8.8:-1",
                           "8.8.8.8:65536",
                           "08.8.8.8",
                           "[8.8.8.8]:53",
                           "[::1",
                           "[::1]53",
                           "[]:53",
                           "]",
                           "[",
                           "2001:db8::1%eth0",
                           "8.8.8.8:53 ",
                           "*:53"}) {
    EXPECT_FALSE(parse_endpoint(text).has_value()) << text;
  }
}

TEST(AddressAndPort, LoopbackIsWhatStaysOnThisMachine) {
  for (const char* text : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(text)) << text;
  }
  for (const char* text : {"0.0.0.0", "::", "128.0.0.1", "::2", "::ffff:192.0.2.1", "localhost"}) {
    EXPECT_FALSE(is_loopback(text)) << text;
  }
}

}  // namespace
}  // namespace reachd
