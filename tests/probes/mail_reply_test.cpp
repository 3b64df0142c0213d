#include "probes/wire/mail_reply.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = MailReply::State;
constexpr auto kImap = MailProtocol::imap;
constexpr auto kSmtp = MailProtocol::smtp;

// Feeds all of it; what is left afterwards goes to `rest`.
MailReply fed(MailReply reply, std::string_view bytes, std::string* rest = nullptr) {
  reply.feed(bytes);
  if (rest != nullptr) *rest = bytes;
  return reply;
}

TEST(MailReply, AReplyOfManyLinesEndsWithTheLineThatHasNoHyphen) {
  std::string rest;
  const auto reply = fed(MailReply::answer(kSmtp),
                         "250-mx.test greets you\r\n250-SIZE 1000\r\n250-StartTLS\r\n"
                         "250 8BITMIME\r\n220 more",
                         &rest);
  EXPECT_EQ(reply.state(), State::complete);
  EXPECT_TRUE(reply.positive());
  EXPECT_EQ(reply.lines().size(), 4U);
  EXPECT_THAT(reply.capabilities(), ElementsAre("SIZE 1000", "StartTLS", "8BITMIME"));
  EXPECT_TRUE(offers_starttls(reply.capabilities()));
  EXPECT_EQ(rest, "220 more");
}

TEST(MailReply, WhereTheBytesAreCutMakesNoDifference) {
  const std::string text = "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    auto reply = MailReply::greeting(kImap);
    std::string_view front = std::string_view(text).substr(0, cut);
    std::string_view back = std::string_view(text).substr(cut);
    reply.feed(front);
    reply.feed(back);
    EXPECT_EQ(reply.state(), State::complete) << cut;
    EXPECT_THAT(reply.capabilities(), ElementsAre("IMAP4rev1", "STARTTLS")) << cut;
  }
}

TEST(MailReply, ACodeAloneIsALine) {
  EXPECT_TRUE(fed(MailReply::greeting(kSmtp), "220\r\n").positive());
  EXPECT_TRUE(fed(MailReply::greeting(kSmtp), "220\n").positive());
}

TEST(MailReply, RefusalsAreCompleteAndNotPositive) {
  for (const char* text : {"421 later\r\n", "554-no\r\n554 never\r\n", "354 go on\r\n"}) {
    const auto reply = fed(MailReply::greeting(kSmtp), text);
    EXPECT_EQ(reply.state(), State::complete) << text;
    EXPECT_FALSE(reply.positive()) << text;
  }
  EXPECT_FALSE(fed(MailReply::greeting(kImap), "* BYE busy\r\n").positive());
  EXPECT_TRUE(fed(MailReply::greeting(kImap), "* preauth hello\r\n").positive());
  EXPECT_FALSE(fed(MailReply::answer(kImap, "a1"), "a1 NO not now\r\n").positive());
  EXPECT_FALSE(fed(MailReply::answer(kImap, "a1"), "a1 BAD what\r\n").positive());
}

TEST(MailReply, AnImapAnswerGoesOnUntilItsTag) {
  std::string rest;
  const auto reply = fed(
      MailReply::answer(kImap, "a2"),
      "* 3 EXISTS\r\n* CAPABILITY IMAP4rev1  IDLE\r\n+ idling\r\na2 OK done\r\n* BYE\r\n", &rest);
  EXPECT_EQ(reply.state(), State::complete);
  EXPECT_THAT(reply.capabilities(), ElementsAre("IMAP4rev1", "IDLE"));
  EXPECT_EQ(rest, "* BYE\r\n");
}

TEST(MailReply, OtherProtocolsAreNamedAsSoonAsTheyShow) {
  const std::vector<std::pair<MailReply, std::string>> begun{
      {fed(MailReply::greeting(kSmtp), "* OK IMAP4"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "SSH-2.0-x\r\n"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "HTTP/1.1 400 Bad\r\n"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "\x16\x03\x01"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "2200"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "120 wait\r\n"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "\r\n"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), "22\r\n"), "not an SMTP greeting"},
      {fed(MailReply::greeting(kSmtp), std::string("2\0"
                                                   "0 x\r\n",
                                                   7)),
       "not an SMTP greeting"},
      {fed(MailReply::answer(kSmtp), "250-a\r\n220 b\r\n"), "not an SMTP reply"},
      {fed(MailReply::greeting(kImap), "220 mx.test ESMTP"), "not an IMAP greeting"},
      {fed(MailReply::greeting(kImap), "+OK POP3"), "not an IMAP greeting"},
      {fed(MailReply::greeting(kImap), "* HELLO\r\n"), "not an IMAP greeting"},
      {fed(MailReply::greeting(kImap), "*\r\n"), "not an IMAP greeting"},
      {fed(MailReply::answer(kImap, "a1"), "a2 OK\r\n"), "not an IMAP response"},
      {fed(MailReply::answer(kImap, "a1"), "a1 YES\r\n"), "not an IMAP response"},
      {fed(MailReply::answer(kImap, "a1"), "\r\n"), "not an IMAP response"},
  };
  for (const auto& [reply, fault] : begun) {
    EXPECT_EQ(reply.state(), State::broken) << fault;
    EXPECT_EQ(reply.fault(), fault) << testing::PrintToString(reply.lines());
    EXPECT_FALSE(reply.positive());
  }
}

TEST(MailReply, AnEndlessLineIsBrokenOffAtItsBound) {
  std::string line = "220 ";
  line.append(1024 * 1024, 'x');
  std::string rest;
  const auto reply = fed(MailReply::greeting(kSmtp), line, &rest);
  EXPECT_EQ(reply.fault(), "line too long");
  ASSERT_EQ(reply.lines().size(), 1U);
  EXPECT_EQ(reply.lines()[0].size(), MailReply::kLineBytes);
}

TEST(MailReply, EndlessLinesAreBrokenOffAtTheirBound) {
  std::string lines;
  for (int i = 0; i < 101; ++i) lines += "220-and\r\n";
  EXPECT_EQ(fed(MailReply::greeting(kSmtp), lines).fault(), "reply too long");

  std::string long_ones;
  const std::string long_line = "* " + std::string(2000, 'x') + "\r\n";
  for (int i = 0; i < 40; ++i) long_ones += long_line;
  const auto reply = fed(MailReply::answer(kImap, "a1"), long_ones);
  EXPECT_EQ(reply.fault(), "reply too long");
  EXPECT_LT(reply.lines().size(), 35U);
}

TEST(MailReply, CapabilitiesAreBounded) {
  std::string line = "* CAPABILITY";
  for (int i = 0; i < 500; ++i) line += " X";
  const auto many = fed(MailReply::answer(kImap, "a1"), line + "\r\na1 OK\r\n");
  EXPECT_EQ(many.capabilities().size(), 100U);
  const auto wide =
      fed(MailReply::answer(kSmtp), "250-a\r\n250 " + std::string(2000, 'x') + "\r\n");
  ASSERT_EQ(wide.capabilities().size(), 1U);
  EXPECT_EQ(wide.capabilities()[0].size(), 256U);
}

TEST(MailReply, WithoutItsWordThereIsNoStarttls) {
  EXPECT_FALSE(offers_starttls({"XSTARTTLS", "STARTTLSX", "SIZE STARTTLS"}));
  EXPECT_TRUE(offers_starttls({"starttls now"}));
  EXPECT_THAT(fed(MailReply::answer(kImap, "a1"), "a1 OK\r\n").capabilities(), IsEmpty());
}

TEST(QuotedLine, ShowsNothingThatATerminalWouldObey) {
  EXPECT_EQ(quoted_line("554 no\x1b[2J\r\xff"), "554 no\\x1b[2J\\x0d\\xff");
  EXPECT_EQ(quoted_line(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(quoted_line(std::string(5000, 'x')).size(), 200U);
  EXPECT_LE(quoted_line(std::string(5000, '\x01')).size(), 200U);
}

TEST(QuotedLine, TellsNoAddress) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"554 5.7.1 [192.0.2.7] listed", "554 5.7.1 [[scrubbed]] listed"},
      {"421 too many from 192.0.2.7.", "421 too many from [scrubbed]"},
      {"421 192.0.2.7:51234", "421 [scrubbed]"},
      {"250 [IPv6:2001:db8::1]", "250 [[scrubbed]]"},
      {"550 2001:db8::1: no", "550 [scrubbed] no"},
      {"550 std::string is :: fine at 12:30:15, 1.2.3",
       "550 std::string is :: fine at 12:30:15, 1.2.3"},
  };
  for (const auto& [line, quoted] : table) EXPECT_EQ(quoted_line(line), quoted);
}

}  // namespace
}  // namespace reachd::wire
