#include "config/network.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace reachd {
namespace {

Network network(const char* text) {
  const auto parsed = parse_network(text);
  if (!parsed) ADD_FAILURE() << parsed.error();
  return parsed ? *parsed : Network{};
}

TEST(Network, HoldsTheAddressesOfItsPrefix) {
  EXPECT_TRUE(contains(network("10.0.0.0/8"), "10.255.0.1"));
  EXPECT_FALSE(contains(network("10.0.0.0/8"), "11.0.0.0"));
  EXPECT_TRUE(contains(network("172.16.0.0/12"), "172.31.255.255"));
  EXPECT_FALSE(contains(network("172.16.0.0/12"), "172.32.0.0"));
  EXPECT_TRUE(contains(network("0.0.0.0/0"), "8.8.8.8"));
  EXPECT_TRUE(contains(network("192.0.2.1"), "192.0.2.1"));
  EXPECT_FALSE(contains(network("192.0.2.1"), "192.0.2.2"));
  EXPECT_TRUE(contains(network("2001:db8::/33"), "2001:db8:7fff::1"));
  EXPECT_FALSE(contains(network("2001:db8::/33"), "2001:db8:8000::1"));
}

TEST(Network, FamiliesDoNotMixButMappedAddressesAreWhatTheyMap) {
  EXPECT_FALSE(contains(network("0.0.0.0/0"), "2001:db8::1"));
  EXPECT_FALSE(contains(network("::/0"), "192.0.2.1"));
  EXPECT_TRUE(contains(network("127.0.0.0/8"), "::ffff:127.0.0.1"));
  EXPECT_FALSE(contains(network("::/0"), "::ffff:127.0.0.1"));
}

TEST(Network, AScopeDoesNotHideAnAddress) {
  EXPECT_TRUE(contains(network("fe80::/10"), "fe80::1%eth0"));
}

TEST(Network, WhatIsNoNetworkIsRefused) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
                           "10.0.0/8", "2001:db8::/129", "2001:db8::1/64", "a.example"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
  EXPECT_FALSE(contains(network("0.0.0.0/0"), "a.example"));
  EXPECT_FALSE(contains(network("0.0.0.0/0"), std::string_view("8.8.8.8\0.9", 10)));
  EXPECT_FALSE(contains(network("0.0.0.0/0"), "8.8.8.08"));
}

TEST(Network, AsLongAsAnAddressCanBeAndNoLonger) {
  const std::string longest = "0000:0000:0000:0000:0000:ffff:255.255.255.255";  // 45 characters
  EXPECT_TRUE(contains(network("255.0.0.0/8"), longest));
  EXPECT_FALSE(contains(network("255.0.0.0/8"), longest + "0"));
  EXPECT_FALSE(contains(network("255.0.0.0/8"), "00" + longest));
}

}  // namespace
}  // namespace reachd
