#include "tests/lab/censor/stream.hpp"

#include <gtest/gtest.h>

namespace censor::test {
namespace {

std::string whole(const Stream& stream) {
  return std::string(as_text(stream.whole()));
}

TEST(Stream, PutsSegmentsInOrder) {
  Stream stream;
  stream.begin_at(0xfffffffeU);  // numbers wrap
  EXPECT_TRUE(stream.add(2, as_bytes("ef")));
  EXPECT_EQ(whole(stream), "");
  EXPECT_TRUE(stream.add(0xfffffffeU, as_bytes("ab")));
  EXPECT_EQ(whole(stream), "ab");
  EXPECT_TRUE(stream.add(0xffffffffU, as_bytes("bcd")));
  EXPECT_EQ(whole(stream), "abcdef");
}

TEST(Stream, SaysWhoBroughtAMessage) {
  Stream stream;
  stream.begin_at(100);
  const auto second = stream.add(103, as_bytes("def"));
  ASSERT_TRUE(second);
  EXPECT_FALSE(brings(*second, stream, 6));
  const auto first = stream.add(100, as_bytes("abc"));
  ASSERT_TRUE(first);
  EXPECT_TRUE(brings(*first, stream, 6));                              // it filled the hole
  EXPECT_TRUE(brings(*stream.add(103, as_bytes("def")), stream, 6));   // a copy of the last byte
  EXPECT_FALSE(brings(*stream.add(100, as_bytes("abc")), stream, 6));  // a copy of the others
  EXPECT_FALSE(brings(*first, stream, 0));
}

TEST(Stream, IgnoresWhatLiesOutside) {
  Stream stream;
  stream.begin_at(1000);
  EXPECT_FALSE(stream.add(999, as_bytes("x")));
  EXPECT_TRUE(stream.add(999, as_bytes("xa")));
  EXPECT_EQ(whole(stream), "a");
  EXPECT_FALSE(stream.add(1000 + Stream::kSize, as_bytes("x")));
  EXPECT_TRUE(stream.add(1001, Bytes(Stream::kSize + 500)));
  EXPECT_EQ(stream.whole().size(), Stream::kSize);
}

TEST(Stream, KeepsFewPieces) {
  Stream stream;
  stream.begin_at(0);
  for (std::uint32_t i = 0; i < Stream::kPieces; ++i) {
    EXPECT_TRUE(stream.add(2 + 2 * i, as_bytes("x")));
  }
  EXPECT_FALSE(stream.add(1000, as_bytes("x")));
  EXPECT_TRUE(stream.add(0, as_bytes("x")));  // what is in order always counts
}

TEST(Stream, BeginsAnew) {
  Stream stream;
  stream.begin_at(10);
  stream.add(10, as_bytes("STARTTLS\r\n"));
  stream.begin_anew();
  EXPECT_EQ(whole(stream), "");
  stream.add(20, as_bytes("hello"));
  EXPECT_EQ(whole(stream), "hello");
}

}  // namespace
}  // namespace censor::test
