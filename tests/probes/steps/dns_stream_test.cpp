// The DNS step over TCP, alone and after a truncated reply over UDP.
#include "tests/support/dns_asker.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::bent;
using test::Bytes;
using test::DnsAsker;
using test::DnsSend;
using test::DnsServer;
using test::framed;
using test::reply_to;
using Sends = std::vector<DnsSend>;
using Kind = ResolverSettings::Kind;
using End = DnsServer::End;

class DnsStream : public DnsAsker {};

const std::string kTruncated = "unknown_failure: truncated dns reply";

Bytes truncated(const Bytes& query) {
  return bent(reply_to(query, {}), 2, {0x83});
}

Sends answer_truncated(const Bytes& query, int) {
  return {{truncated(query)}};
}

Sends answer_framed(const Bytes& query, int) {
  return {{framed(reply_to(query, {"192.0.2.1"}))}};
}

TEST_F(DnsStream, AnAnswerOverTcpIsRecorded) {
  DnsServer server(loop_.io, nullptr, answer_framed);
  const steps::Lookup lookup = look_up(options(server.port(), Kind::tcp));
  EXPECT_EQ(failure(lookup.observation), "");
  EXPECT_EQ(lookup.listening, nullptr);
  EXPECT_EQ(seen(lookup.observation).engine, "tcp");
  EXPECT_EQ(seen(lookup.observation).answer, 0);
  EXPECT_EQ(steps::addresses_of(lookup.observation), std::vector<std::string>{"192.0.2.1"});
  EXPECT_GT(lookup.observation.took, 0us);
}

TEST_F(DnsStream, AnAnswerInPiecesIsPutTogether) {
  DnsServer server(loop_.io, nullptr, [](const Bytes& query, int) {
    Sends sends;
    for (std::uint8_t byte : framed(reply_to(query, {"192.0.2.1"}))) sends.push_back({{byte}, 1ms});
    return sends;
  });
  EXPECT_EQ(failure(settle(options(server.port(), Kind::tcp))), "");
}

TEST_F(DnsStream, WhatIsNoAnswerIsPassedOver) {
  DnsServer server(loop_.io, nullptr, [](const Bytes& query, int) {
    const Bytes good = reply_to(query, {"192.0.2.1"});
    const Bytes other = bent(good, 0, {static_cast<std::uint8_t>(good[0] ^ 1)});
    return Sends{{framed(other)}, {framed({})}, {framed(good)}};
  });
  const Observation observation = settle(options(server.port(), Kind::tcp));
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).answer, 2);
  EXPECT_EQ(failures_of_replies(observation),
            (std::vector<std::string>{"dns_reply_with_wrong_query_id",
                                      "unknown_failure: malformed dns reply", ""}));
}

struct Broken {
  std::string name;
  test::DnsScript script;  // of TCP; empty: refused
  End end;
  std::string failure;
};
void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.name;
}

class DnsStreamBroken : public DnsAsker, public testing::WithParamInterface<Broken> {};

TEST_P(DnsStreamBroken, HasItsWord) {
  DnsServer server(loop_.io, nullptr, GetParam().script, GetParam().end);
  auto asked = options(server.port(), Kind::tcp);
  if (GetParam().end == End::hold) asked.timeout = 250ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), GetParam().failure);
  EXPECT_EQ(seen(observation).answer, -1);
}

// The same after a truncated reply over UDP, which is no evidence of its own.
TEST_P(DnsStreamBroken, HasItsWordAfterATruncatedReply) {
  DnsServer server(loop_.io, answer_truncated, GetParam().script, GetParam().end);
  auto asked = options(server.port(), Kind::udp);
  if (GetParam().end == End::hold) asked.timeout = 250ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), GetParam().failure);
  EXPECT_EQ(seen(observation).answer, -1);
  EXPECT_EQ(seen(observation).engine, "tcp");
  ASSERT_FALSE(seen(observation).replies.empty());
  EXPECT_EQ(failures_of_replies(observation)[0], kTruncated);
}

Sends nothing(const Bytes&, int) {
  return {};
}

INSTANTIATE_TEST_SUITE_P(
    Table, DnsStreamBroken,
    testing::Values(
        Broken{"refused", nullptr, End::finish, "connection_refused"},
        Broken{"reset", nothing, End::reset, "connection_reset"},
        Broken{"closed", nothing, End::finish, "eof_error"},
        Broken{"silent", nothing, End::hold, "generic_timeout_error"},
        Broken{"closed within the length", [](const Bytes&, int) { return Sends{{{0}}}; },
               End::finish, "eof_error"},
        Broken{"closed within the message",
               [](const Bytes&, int) { return Sends{{{0, 40, 1, 2, 3}}}; }, End::finish,
               "eof_error"},
        Broken{"garbage", [](const Bytes& q, int) { return Sends{{{0, 3, q[0], q[1], 3}}}; },
               End::finish, "unknown_failure: malformed dns reply"},
        Broken{"garbage, then silent",
               [](const Bytes& q, int) { return Sends{{{0, 3, q[0], q[1], 3}}}; }, End::hold,
               "unknown_failure: malformed dns reply"},
        Broken{"truncated again", [](const Bytes& q, int) { return Sends{{framed(truncated(q))}}; },
               End::finish, kTruncated}));

TEST_F(DnsStream, ATruncatedReplyIsFollowedByTheAnswerOverTcp) {
  DnsServer server(loop_.io, answer_truncated, answer_framed);
  const Observation observation = settle(options(server.port()));
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).engine, "tcp");
  EXPECT_EQ(seen(observation).answer, 1);
  EXPECT_EQ(failures_of_replies(observation), (std::vector<std::string>{kTruncated, ""}));
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsStream, UdpIsListenedToWhileTcpIsAskedAndRepliesStandInOrderOfTime) {
  DnsServer server(
      loop_.io,
      [](const Bytes& query, int) {
        return Sends{{truncated(query)}, {reply_to(query, {"203.0.113.66"}), 20ms}};
      },
      [](const Bytes& query, int) {
        return Sends{{framed(reply_to(query, {"192.0.2.1"})), 100ms}};
      });
  auto asked = options(server.port());
  asked.listen_on = 300ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), "");
  ASSERT_EQ(seen(observation).replies.size(), 3U);
  EXPECT_EQ(seen(observation).answer, 2);
  EXPECT_EQ(seen(observation).replies[1].answers[0].data, "203.0.113.66");
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
  EXPECT_TRUE(std::ranges::is_sorted(seen(observation).replies, {}, &DnsReply::at));
}

TEST_F(DnsStream, CancellationIsOurs) {
  std::function<void()> cancel;
  DnsServer server(loop_.io, nullptr, [&](const Bytes&, int) {
    cancel();
    return Sends{};
  });
  const Observation observation = look_up_cancelled(options(server.port(), Kind::tcp),
                                                    [&](auto function) { cancel = function; });
  EXPECT_EQ(failure(observation), "reachd_cancelled");
}

}  // namespace
}  // namespace reachd
