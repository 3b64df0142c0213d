#include "probes/wire/dns_message.hpp"

#include <ostream>

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace reachd::wire {
namespace {

using test::from_hex;

// "www.example.org" IN A: www.example.org CNAME web.example.org, web.example.org A 192.0.2.7; EDNS.
constexpr std::string_view kGood =
    "1234 8180 0001 0002 0000 0001"
    "03 777777 07 6578616d706c65 03 6f7267 00 0001 0001"
    "c00c 0005 0001 0000012c 0006 03 776562 c010"
    "c02d 0001 0001 0000003c 0004 c0000207"
    "00 0029 04d0 00008000 0000";

// A header that claims one answer to the question "a. IN A", up to the answer's name.
std::vector<std::uint8_t> with_answer(std::string_view record) {
  return from_hex("0001 8180 0001 0001 0000 0000 01 61 00 0001 0001" + std::string(record));
}

TEST(DnsMessage, AGoodAnswerIsReadInFull) {
  const auto message = decode_dns_message(from_hex(kGood));
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(message->id, 0x1234);
  EXPECT_TRUE(message->response);
  EXPECT_TRUE(message->recursion_desired);
  EXPECT_TRUE(message->recursion_available);
  EXPECT_FALSE(message->truncated);
  EXPECT_FALSE(message->authoritative);
  EXPECT_EQ(message->rcode, 0);
  EXPECT_EQ(message->questions, (std::vector<DnsQuestionSeen>{{"www.example.org", 1, 1}}));
  EXPECT_EQ(message->answers,
            (std::vector<DnsRecord>{{"www.example.org", "CNAME", 300, "web.example.org"},
                                    {"web.example.org", "A", 60, "192.0.2.7"}}));
  EXPECT_EQ(message->edns, (Edns{1232, 0, true}));
  EXPECT_TRUE(message->additional.empty());
}

TEST(DnsMessage, AGoodAnswerCutAnywhereIsNeverGood) {
  const auto whole = from_hex(kGood);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_dns_message(std::span(whole).first(size))) << size;
  }
}

TEST(DnsMessage, WithTcSetTheRecordsMayBeCutButNotTheQuestion) {
  auto whole = from_hex(kGood);
  whole[2] |= 0x02;
  const std::size_t question_end = 12 + 17 + 4;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto message = decode_dns_message(std::span(whole).first(size));
    EXPECT_EQ(message.has_value(), size >= question_end) << size;
    if (message) {
      EXPECT_TRUE(message->truncated);
    }
  }
}

TEST(DnsMessage, AnyByteOfAGoodAnswerMayBeAnythingWithoutHarm) {
  const auto whole = from_hex(kGood);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto bent = whole;
      bent[at] = static_cast<std::uint8_t>(value);
      static_cast<void>(decode_dns_message(bent));
    }
  }
}

TEST(DnsMessage, BytesBehindTheLastRecordAreIgnored) {
  auto bytes = from_hex(kGood);
  bytes.resize(bytes.size() + 100);
  EXPECT_TRUE(decode_dns_message(bytes));
  bytes.resize(kMaxDnsMessage + 1);
  EXPECT_FALSE(decode_dns_message(bytes));
}

struct Data {
  std::string_view record;  // from the type on, of a record named "a"
  std::string_view type;
  std::string_view text;  // empty: malformed
};
void PrintTo(const Data& data, std::ostream* out) {
  *out << data.type << " " << data.record;
}

class DnsData : public testing::TestWithParam<Data> {};

TEST_P(DnsData, IsShownOrRefused) {
  const Data& data = GetParam();
  const auto message = decode_dns_message(with_answer("c00c" + std::string(data.record)));
  ASSERT_EQ(message.has_value(), !data.text.empty());
  if (!message) return;
  ASSERT_EQ(message->answers.size(), 1U);
  EXPECT_EQ(message->answers[0],
            (DnsRecord{"a", std::string(data.type), 1, std::string(data.text)}));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DnsData,
    testing::Values(
        Data{"0001 0001 00000001 0004 c0000201", "A", "192.0.2.1"},
        Data{"0001 0001 00000001 0003 c00002", "A", ""},
        Data{"0001 0001 00000001 0005 c000020100", "A", ""},
        Data{"001c 0001 00000001 0010 20010db8000000000000000000000001", "AAAA", "2001:db8::1"},
        Data{"001c 0001 00000001 0004 c0000201", "AAAA", ""},
        Data{"0005 0001 00000001 0003 016200", "CNAME", "b"},
        Data{"0005 0001 00000001 0004 01620000", "CNAME", ""},  // a byte too many
        Data{"0005 0001 00000001 0002 0162", "CNAME", ""},      // the name leaves the data
        Data{"0002 0001 00000001 0004 0162c00c", "NS", "b.a"},
        Data{"0005 0001 00000001 0001 00", "CNAME", "."},
        Data{"0006 0001 00000001 001a 016d00 0168 00 00000001 00000002 00000003 00000004 ffffffff",
             "SOA", "m h 1 2 3 4 4294967295"},
        Data{"0006 0001 00000001 0019 016d00 0168 00 00000001 00000002 00000003 00000004 ffffff",
             "SOA", ""},
        Data{"0041 0001 00000001 0003 0000 00", "HTTPS", "0 ."},
        Data{"0041 0001 00000001 0002 0001", "HTTPS", ""},
        Data{"0041 0001 00000001 003a 0001 00"
             "0001 0006 026832 026833"
             "0003 0002 20fb"
             "0004 0008 c0000201 c0000202"
             "0005 0003 aabbcc"
             "0006 0010 20010db8000000000000000000000001",
             "HTTPS",
             "1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech ipv6hint=2001:db8::1"},
        Data{"0041 0001 00000001 0012 0001 00 0000 0002 0001 0001 0003 026832 9999", "HTTPS",
             ""},  // half a parameter at the end
        Data{"0041 0001 00000001 0010 0001 00 0000 0002 0001 0001 0003 026832", "HTTPS",
             "1 . mandatory=alpn alpn=h2"},
        Data{"0041 0001 00000001 0010 0001 00 0001 0003 026832 0000 0002 0001", "HTTPS",
             ""},                                                             // keys descend
        Data{"0041 0001 00000001 0009 0001 00 0001 0002 0968", "HTTPS", ""},  // a protocol leaves
        Data{"0041 0001 00000001 000a 0001 00 0004 0003 c00002", "HTTPS", ""},
        Data{"0041 0001 00000001 000b 0001 00 0001 0004 03 1b2c20", "HTTPS",
             "1 . alpn=\\027\\044\\032"},
        Data{"0041 0001 00000001 000c 0001 0161 00 029b 0004 41002c", "HTTPS",
             ""},  // one byte of the value is missing
        Data{"0041 0001 00000001 000d 0001 016200 029b 0004 41002c42", "HTTPS",
             "1 b key667=A\\000\\044B"},
        Data{"0010 0001 00000001 0003 027a1b", "TXT", "\\# 3 027a1b"},
        Data{"04d2 0001 00000001 0000", "TYPE1234", "\\# 0"},
        Data{"0001 0003 00000001 0004 c0000201", "CLASS3", "\\# 4 c0000201"}));

TEST(DnsMessage, CompressionThatRunsInCirclesOrForwardIsMalformed) {
  for (const char* name : {"c015",       // itself
                           "c017",       // forward
                           "c016",       // into its own middle
                           "0162 c015",  // back to its own beginning
                           "80", "40",   // label types nobody may use
                           "c0"}) {
    EXPECT_FALSE(
        decode_dns_message(with_answer(std::string(name) + "0001 0001 00000001 0004 c0000201")))
        << name;
  }
  EXPECT_FALSE(decode_dns_message(from_hex("0001 8180 0001 0000 0000 0000 c00c 0001 0001")));
}

TEST(DnsMessage, AChainOfPointersEnds) {
  // One question and then answers whose names each point to the former's pointer.
  auto bytes = from_hex("0001 8180 0001 0040 0000 0000 01 61 00 0001 0001");
  std::size_t target = 12;
  for (int i = 0; i < 64; ++i) {
    const std::size_t here = bytes.size();
    bytes.push_back(static_cast<std::uint8_t>(0xc0 | target >> 8));
    bytes.push_back(static_cast<std::uint8_t>(target & 0xff));
    for (std::uint8_t byte : from_hex("0001 0001 00000001 0004 c0000201")) bytes.push_back(byte);
    target = here;
  }
  EXPECT_FALSE(decode_dns_message(bytes));
  bytes[7] = 30;
  EXPECT_TRUE(decode_dns_message(bytes));
}

TEST(DnsMessage, NamesAboveTheirLimitAreMalformed) {
  // Labels of 63 bytes and one that makes the whole 255 or 256.
  for (const auto& [last, good] : {std::pair<std::size_t, bool>{61, true}, {62, false}}) {
    auto bytes = from_hex("0001 8180 0001 0000 0000 0000");
    for (std::size_t size : {std::size_t{63}, std::size_t{63}, std::size_t{63}, last}) {
      bytes.push_back(static_cast<std::uint8_t>(size));
      bytes.insert(bytes.end(), size, 'x');
    }
    for (std::uint8_t byte : from_hex("00 0001 0001")) bytes.push_back(byte);
    EXPECT_EQ(decode_dns_message(bytes).has_value(), good) << last;
  }
}

TEST(DnsMessage, RecordsAboveTheLimitAreSkippedNotKept) {
  auto bytes = from_hex("0001 8180 0001 03e8 0000 0000 01 61 00 0001 0001");
  for (int i = 0; i < 1000; ++i) {
    for (std::uint8_t byte : from_hex("c00c 0001 0001 00000001 0004 c0000201")) {
      bytes.push_back(byte);
    }
  }
  const auto message = decode_dns_message(bytes);
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(message->answers.size(), kMaxDnsRecords);
  bytes.pop_back();
  EXPECT_FALSE(decode_dns_message(bytes));
}

TEST(DnsMessage, TheRcodeIsExtendedByEdnsAndOneOptIsEnough) {
  constexpr std::string_view kOpt = "00 0029 04d0 01000000 0000";
  const std::string head = "0001 8180 0000 0000 0000 0001";
  const auto badvers = decode_dns_message(from_hex(head + std::string(kOpt)));
  ASSERT_TRUE(badvers);
  EXPECT_EQ(badvers->rcode, 16);
  EXPECT_FALSE(decode_dns_message(
      from_hex("0001 8180 0000 0000 0000 0002" + std::string(kOpt) + std::string(kOpt))));
  EXPECT_FALSE(decode_dns_message(from_hex("0001 8180 0000 0001 0000 0000" + std::string(kOpt))));
}

TEST(DnsMessage, ATtlWithItsTopBitSetIsZero) {
  const auto message = decode_dns_message(with_answer("c00c 0001 0001 80000001 0004 c0000201"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->answers[0].ttl, 0U);
}

TEST(DnsMessage, AQueryReadsBackAsWhatWasAsked) {
  for (const char* name : {"example.org", "EXAMPLE.org.", "a", ".", "_dns.x--y.test", "a\\046b.org",
                           "\\000\\255.org"}) {
    const auto query = encode_dns_query(0xbeef, name, 28);
    ASSERT_TRUE(query) << name;
    const auto message = decode_dns_message(*query);
    ASSERT_TRUE(message) << name;
    EXPECT_EQ(message->id, 0xbeef);
    EXPECT_FALSE(message->response);
    EXPECT_TRUE(message->recursion_desired);
    ASSERT_EQ(message->questions.size(), 1U);
    EXPECT_EQ(message->questions[0].type, 28);
    EXPECT_EQ(message->questions[0].klass, 1);
    EXPECT_EQ(message->edns, (Edns{1232, 0, false}));
    std::string text = name;
    if (text.size() > 1 && text.back() == '.') text.pop_back();
    EXPECT_EQ(message->questions[0].name, text);
  }
}

TEST(DnsMessage, WhatIsNoNameIsNotAsked) {
  const std::string long_label(64, 'x');
  std::string long_name;
  for (int i = 0; i < 128; ++i) long_name += "x.";
  for (const std::string& name :
       {std::string(), std::string("a..b"), std::string(".a"), long_label, long_name,
        std::string("a\\25"), std::string("a\\256"), std::string("a\\.b")}) {
    EXPECT_FALSE(encode_dns_query(1, name, 1)) << name;
  }
}

TEST(DnsMessage, NamesCannotCarryEscapesOrDotsIntoText) {
  const auto message = decode_dns_message(
      from_hex("0001 8180 0001 0000 0000 0000 06 1b5b32 2e 5c 22 02 c3a4 00 0001 0001"));
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(message->questions[0].name, "\\027[2\\046\\092\\034.\\195\\164");
}

TEST(DnsMessage, TypesHaveNamesOrNumbers) {
  for (const char* text : {"A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "OPT", "SVCB",
                           "HTTPS", "TYPE1234"}) {
    const auto number = dns_type_number(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(dns_type_text(*number), text);
  }
  for (const char* text : {"", "a", "TYPE", "TYPE65536", "TYPE1x", "BOGUS"}) {
    EXPECT_FALSE(dns_type_number(text)) << text;
  }
}

TEST(DnsMessage, AliasesAreFollowedInAnyOrderAndNotForEver) {
  const DnsRecord first{"A.test", "CNAME", 1, "b.test"};
  const DnsRecord second{"b.test", "CNAME", 1, "c.test"};
  const DnsRecord address{"C.TEST", "A", 1, "192.0.2.1"};
  const DnsRecord other{"d.test", "A", 1, "192.0.2.2"};
  EXPECT_EQ(records_for({address, other, second, first}, "a.test", "A"),
            std::vector<DnsRecord>{address});
  EXPECT_TRUE(records_for({first, second, other}, "a.test", "A").empty());
  EXPECT_TRUE(records_for({first, {"b.test", "CNAME", 1, "a.test"}}, "a.test", "A").empty());
  EXPECT_TRUE(records_for({address}, "c.test", "AAAA").empty());
  EXPECT_EQ(records_for({first}, "a.test", "CNAME"), std::vector<DnsRecord>{first});
}

}  // namespace
}  // namespace reachd::wire
