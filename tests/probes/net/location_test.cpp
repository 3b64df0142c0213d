#include "probes/net/location.hpp"

#include <gtest/gtest.h>

namespace reachd::net {
namespace {

TEST(Location, IsMadeAbsolute) {
  const std::string base = "https://example.org:8443/a/b?q=1";
  const struct {
    const char* location;
    const char* absolute;  // empty: leads nowhere
  } cases[] = {
      {"https://www.example.org/", "https://www.example.org/"},
      {"HTTP://www.example.org/x", "http://www.example.org/x"},
      {"/c", "https://example.org:8443/c"},
      {"c?d", "https://example.org:8443/a/c?d"},
      {"//cdn.example.org/e", "https://cdn.example.org/e"},
      {"https://example.org/f#fragment", "https://example.org/f"},
      {"https://b\xC3\xBC"
       "cher.example/",
       "https://xn--bcher-kva.example/"},
      {"https://[2001:db8::1]:444/", "https://[2001:db8::1]:444/"},
      {"/with space", "https://example.org:8443/with%20space"},
      {"", ""},
      {"https://", ""},
      {"https://www%failure.example/", ""},  // a byte that no name can have
      {"https:///path", ""},
      {"https://?q", ""},
      {"///path", ""},
      {"http://:80/", ""},
      {"javascript:alert(1)", ""},
      {"ftp://example.org/", ""},
      {"mailto:somebody@example.org", ""},
      {"file:///etc/passwd", ""},
      {"https://exa\x01mple.org/", ""},
      {"https://example.org:99999/", ""},
  };
  for (const auto& [location, absolute] : cases) {
    EXPECT_EQ(resolve_location(base, location).value_or(""), absolute) << location;
  }
}

TEST(Location, AnEndlessOneIsNoTrouble) {
  const std::string path = "/" + std::string(60'000, 'x');
  EXPECT_EQ(resolve_location("http://192.0.2.1/", path), "http://192.0.2.1" + path);
}

}  // namespace
}  // namespace reachd::net
