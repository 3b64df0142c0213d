#include "tests/lab/censor/client_hello.hpp"

#include <gtest/gtest.h>

#include "tests/lab/censor/test/frames.hpp"

namespace censor::test {
namespace {

TEST(ClientHello, SaysItsNames) {
  const Bytes stream = hello({.sni = "WWW.Example.com", .alpn = "h2"});
  const auto found = read_client_hello(stream);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sni, "www.example.com");
  EXPECT_EQ(found->alpn, std::vector<std::string>{"h2"});
  EXPECT_FALSE(found->ech);
  EXPECT_FALSE(found->esni);
  EXPECT_EQ(found->end, stream.size());
}

TEST(ClientHello, EncryptedNames) {
  EXPECT_TRUE(read_client_hello(hello({.extra = 0xffce}))->esni);
  EXPECT_TRUE(read_client_hello(hello({.extra = 0xfe0d}))->ech);
  EXPECT_FALSE(read_client_hello(hello({.sni = ""}))->sni);
}

TEST(ClientHello, OverManyRecords) {
  const Bytes stream = hello({.padding = 1500, .record = 40});
  const auto found = read_client_hello(stream);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sni, "www.example.com");
  EXPECT_EQ(found->end, stream.size());
}

TEST(ClientHello, WhatFollowsIsNotCounted) {
  Bytes stream = hello();
  const std::size_t size = stream.size();
  put(stream, "\x14\x03\x03");
  EXPECT_EQ(read_client_hello(stream)->end, size);
}

TEST(ClientHello, CutAnywhereItHasNoEndAndPerhapsAName) {
  const Bytes stream = hello({.padding = 100});
  std::size_t with_name = 0;
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const auto found = read_client_hello(View(stream).first(size));
    EXPECT_TRUE(!found || found->end == 0) << size;
    if (found && found->sni) {
      EXPECT_EQ(*found->sni, "www.example.com");
      ++with_name;
    }
  }
  // The name is known from its last byte on: only what stands behind it is missing then.
  EXPECT_EQ(with_name, 9U);
}

TEST(ClientHello, OtherThingsAreNone) {
  Bytes server = hello();
  server[5] = 2;
  EXPECT_FALSE(read_client_hello(server));
  EXPECT_FALSE(read_client_hello(as_bytes("GET / HTTP/1.1\r\n")));
  EXPECT_FALSE(read_client_hello({}));
}

}  // namespace
}  // namespace censor::test
