#include "probes/net/public_space.hpp"

#include <gtest/gtest.h>

namespace reachd::net {
namespace {

TEST(PublicSpace, AddressesOfTheInternetArePublic) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "192.167.255.255", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111", "2a03:2880:f11b::1"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
}

TEST(PublicSpace, WhatBelongsToNobodyOrToOnesOwnNetworkIsNot) {
  for (const char* address :
       {"0.0.0.0",         "10.10.34.35", "100.64.0.1",       "127.0.0.1",    "127.255.255.255",
        "169.254.169.254", "172.16.0.1",  "172.31.255.255",   "192.0.0.1",    "192.0.2.1",
        "192.168.0.1",     "198.18.0.1",  "198.19.255.255",   "198.51.100.7", "203.0.113.1",
        "224.0.0.1",       "240.0.0.1",   "255.255.255.255",  "::",           "::1",
        "::ffff:8.8.8.8",  "::8.8.8.8",   "64:ff9b::808:808", "d0::11",       "fe80::1",
        "fc00::1",         "fd00::1",     "ff02::1",          "2001::1",      "2001:db8::1",
        "2002:7f00:1::",   "3fff::1",     "4000::1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

TEST(PublicSpace, WhatIsNoAddressIsNot) {
  for (const char* text :
       {"", "a.example", "8.8.8", "8.8.8.8:53", "[2606:4700::1]", "fe80::1%lo"}) {
    EXPECT_FALSE(is_public(text)) << text;
  }
}

}  // namespace
}  // namespace reachd::net
