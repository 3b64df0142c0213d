#include "tests/lab/censor/dns.hpp"

#include <gtest/gtest.h>

#include "tests/lab/censor/test/frames.hpp"

namespace censor::test {
namespace {

TEST(Dns, QuerySaysNameAndType) {
  const auto asked = read_query(query("Example", "COM", 28));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->name, "example.com");
  EXPECT_EQ(asked->type, kTypeAaaa);
  EXPECT_TRUE(asked->recursion_desired);
}

TEST(Dns, AnswersAndCutQueriesAreNone) {
  const Bytes whole = query("example", "com", 1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_query(View(whole).first(size))) << size;
  }
  Bytes answer = whole;
  answer[2] = 0x81;
  EXPECT_FALSE(read_query(answer));
  Bytes pointer = whole;
  pointer[12] = 0xc0;
  EXPECT_FALSE(read_query(pointer));
}

TEST(Dns, ForgedAnswerByteForByte) {
  const auto asked = read_query(query("a", "b", 1));
  const Bytes answer =
      forge_answer(*asked, {*parse_address("192.0.2.7")}, {.ttl = 300, .authoritative = true});
  const Bytes expected{0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0,  0, 0,  // header: AA, RD, RA
                       1,    'a',  1,    'b',  0, 0, 1, 0, 1,            // question
                       0xc0, 0x0c, 0,    1,    0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 7};
  EXPECT_EQ(answer, expected);
}

TEST(Dns, ForgedErrorHasNoRecords) {
  const Bytes answer = forge_answer(*read_query(query("a", "b", 1)), {}, {.rcode = 3});
  EXPECT_EQ(answer[3] & 0x0f, 3);
  EXPECT_EQ(load16(answer, 6), 0);
}

TEST(Dns, TypesByNameAndNumber) {
  EXPECT_EQ(record_type("HTTPS"), 65);
  EXPECT_EQ(record_type("TYPE64"), 64);
  EXPECT_EQ(record_type("257"), 257);
  EXPECT_FALSE(record_type("BOGUS"));
  EXPECT_FALSE(record_type("70000"));
}

}  // namespace
}  // namespace censor::test
