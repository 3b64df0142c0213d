// The DNS step over UDP against a scripted resolver: each word for a failure, forgeries, late
// replies, and what must not happen to the loop's own sockets.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "tests/support/dns_asker.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::bent;
using test::Bytes;
using test::DnsAsker;
using test::DnsSend;
using test::DnsServer;
using test::reply_to;
using Sends = std::vector<DnsSend>;

class DnsUdp : public DnsAsker {};

const std::string kWrongId = "dns_reply_with_wrong_query_id";
const std::string kOther = "unknown_failure: dns reply for another question";
const std::string kMalformed = "unknown_failure: malformed dns reply";

Bytes other_id(const Bytes& message) {
  return bent(message, 0, {static_cast<std::uint8_t>(message[0] ^ 1)});
}

// Of the question "www.example.org" the first letter is at 13.
Bytes other_name(const Bytes& message) {
  return bent(message, 13, {'x'});
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

TEST_F(DnsUdp, AnAnswerIsRecordedWithAllThatWasSeen) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1", "192.0.2.2", "192.0.2.1"}));
  auto asked = options(server.port());
  asked.transaction = 20003;
  asked.depth = 2;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(observation.stage, Stage::dns);
  EXPECT_EQ(observation.transaction, 20003);
  EXPECT_EQ(observation.depth, 2);
  EXPECT_EQ(observation.peer, (Endpoint{"127.0.0.1", server.port()}));
  EXPECT_GE(observation.began, 0us);
  EXPECT_GT(observation.took, 0us);
  EXPECT_EQ(seen(observation).resolver, "test");
  EXPECT_EQ(seen(observation).engine, "udp");
  EXPECT_EQ(seen(observation).hostname, "www.example.org");
  EXPECT_EQ(seen(observation).query_type, "A");
  EXPECT_EQ(seen(observation).answer, 0);
  ASSERT_EQ(seen(observation).replies.size(), 1U);
  const DnsReply& reply = seen(observation).replies[0];
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(reply.at, observation.began + observation.took);
  EXPECT_EQ(reply.raw, reply_to(server.heard()[0].query, {"192.0.2.1", "192.0.2.2", "192.0.2.1"}));
  EXPECT_EQ(steps::addresses_of(observation), (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
}

TEST_F(DnsUdp, IPv6AddressesAreAnswersToAaaaOnly) {
  DnsServer server(loop_.io, test::answering({"2001:db8::1", "192.0.2.1"}));
  auto asked = options(server.port());
  asked.query_type = "AAAA";
  EXPECT_EQ(steps::addresses_of(settle(asked)), std::vector<std::string>{"2001:db8::1"});
}

struct OneReply {
  std::string name;
  std::function<Bytes(const Bytes& query)> make;
  std::string failure;
  bool answer;  // otherwise the wait goes on to its deadline
};
void PrintTo(const OneReply& reply, std::ostream* out) {
  *out << reply.name;
}

class DnsUdpReply : public DnsAsker, public testing::WithParamInterface<OneReply> {};

TEST_P(DnsUdpReply, HasItsWord) {
  // A question that is sent again, since the reply to the first was late, gets none.
  DnsServer server(loop_.io, [](const Bytes& query, int nth) {
    return nth == 0 ? Sends{{GetParam().make(query)}} : Sends{};
  });
  auto asked = options(server.port());
  if (!GetParam().answer) asked.timeout = 750ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), GetParam().failure);
  EXPECT_EQ(seen(observation).answer, GetParam().answer ? 0 : -1);
  EXPECT_EQ(failures_of_replies(observation), std::vector<std::string>{GetParam().failure});
  EXPECT_TRUE(steps::addresses_of(observation).empty());
}

// The name's CNAME to x.example.org, and nothing of that name.
Bytes alias_only(const Bytes& query) {
  Bytes reply = reply_to(query, {"192.0.2.1"});
  reply.resize(reply.size() - 16);
  const Bytes alias{0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'x', 0xc0, 16};
  return bent(reply, reply.size(), alias);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DnsUdpReply,
    testing::Values(
        OneReply{"nxdomain", [](const Bytes& q) { return reply_to(q, {}, 3); },
                 "dns_nxdomain_error", true},
        OneReply{"refused", [](const Bytes& q) { return reply_to(q, {}, 5); }, "dns_refused_error",
                 true},
        OneReply{"servfail", [](const Bytes& q) { return reply_to(q, {}, 2); },
                 "dns_servfail_error", true},
        OneReply{"notimp", [](const Bytes& q) { return reply_to(q, {}, 4); },
                 "dns_server_misbehaving", true},
        OneReply{"nxdomain with an address",
                 [](const Bytes& q) { return reply_to(q, {"192.0.2.1"}, 3); }, "dns_nxdomain_error",
                 true},
        OneReply{"no data", [](const Bytes& q) { return reply_to(q, {}); }, "dns_no_answer", true},
        OneReply{"alias only", alias_only, "dns_no_answer", true},
        OneReply{"other type only", [](const Bytes& q) { return reply_to(q, {"2001:db8::1"}); },
                 "dns_no_answer", true},
        OneReply{
            "refusal without the question",
            [](const Bytes& q) { return Bytes{q[0], q[1], 0x81, 0x85, 0, 0, 0, 0, 0, 0, 0, 0}; },
            "dns_refused_error", true},
        OneReply{
            "success without the question",
            [](const Bytes& q) { return Bytes{q[0], q[1], 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}; },
            kOther, false},
        OneReply{"other name", [](const Bytes& q) { return other_name(reply_to(q, {})); }, kOther,
                 false},
        OneReply{"other type",
                 [](const Bytes& q) {
                   const std::size_t type = 12 + 17;
                   return bent(reply_to(q, {}), type + 1, {28});
                 },
                 kOther, false},
        OneReply{"other id", [](const Bytes& q) { return other_id(reply_to(q, {"192.0.2.1"})); },
                 kWrongId, false},
        OneReply{"other id, malformed",
                 [](const Bytes& q) {
                   Bytes reply = other_id(reply_to(q, {"192.0.2.1"}));
                   reply.pop_back();
                   return reply;
                 },
                 kWrongId, false},
        OneReply{"the query itself", [](const Bytes& q) { return q; },
                 "unknown_failure: not a dns reply", false},
        OneReply{"empty", [](const Bytes&) { return Bytes{}; }, kMalformed, false},
        OneReply{"cut",
                 [](const Bytes& q) {
                   Bytes reply = reply_to(q, {"192.0.2.1"});
                   reply.pop_back();
                   return reply;
                 },
                 kMalformed, false}));

TEST_F(DnsUdp, SilenceIsATimeoutAndTheQuestionIsSentTwiceFromOnePort) {
  DnsServer server(loop_.io, test::silent());
  auto asked = options(server.port());
  asked.timeout = 90ms;
  const steps::Lookup lookup = look_up(asked);
  EXPECT_EQ(failure(lookup.observation), "generic_timeout_error");
  EXPECT_EQ(lookup.listening, nullptr);
  EXPECT_GE(lookup.observation.took, 90ms);
  ASSERT_EQ(server.heard().size(), 2U);
  EXPECT_EQ(server.heard()[0].query, server.heard()[1].query);
  EXPECT_EQ(server.heard()[0].from, server.heard()[1].from);
}

TEST_F(DnsUdp, AQuestionThatWasLostIsAnsweredTheSecondTime) {
  DnsServer server(loop_.io, [](const Bytes& query, int nth) {
    return nth == 0 ? Sends{} : Sends{{reply_to(query, {"192.0.2.1"})}};
  });
  auto asked = options(server.port());
  asked.timeout = 3s;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), "");
  EXPECT_GE(observation.took, 1s);
  EXPECT_EQ(seen(observation).replies.size(), 1U);
}

TEST_F(DnsUdp, QuestionsDifferInIdAndPort) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  std::set<std::pair<int, int>> ids;
  std::vector<steps::Lookup> open;  // so that no port is free again
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 4; ++i) {
    auto asked = options(server.port());
    asked.listen_on = 10s;
    open.push_back(look_up(asked));
  }
  for (const auto& heard : server.heard()) {
    ids.insert({heard.query[0], heard.query[1]});
    ports.insert(heard.from);
  }
  EXPECT_GT(ids.size(), 1U);
  EXPECT_EQ(ports.size(), 4U);
}

TEST_F(DnsUdp, WhatIsNoAnswerDoesNotEndTheWait) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    const Bytes good = reply_to(query, {"192.0.2.1"});
    return Sends{{other_id(good)}, {other_name(good)}, {Bytes{query[0], query[1], 0}}, {good, 5ms}};
  });
  const Observation observation = settle(options(server.port()));
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).answer, 3);
  EXPECT_EQ(failures_of_replies(observation),
            (std::vector<std::string>{kWrongId, kOther, kMalformed, ""}));
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsUdp, IfOnlyBadRepliesComeTheFirstIsTheFailureAndNothingIsSentAgain) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    const Bytes good = reply_to(query, {"192.0.2.1"});
    return Sends{{other_name(good)}, {other_id(good), 1ms}};
  });
  auto asked = options(server.port());
  asked.timeout = 1500ms;  // sent again after a third of it
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), kOther);
  EXPECT_EQ(seen(observation).answer, -1);
  EXPECT_EQ(failures_of_replies(observation), (std::vector<std::string>{kOther, kWrongId}));
  EXPECT_EQ(server.heard().size(), 1U);
}

TEST_F(DnsUdp, TwoAnswersToOneQueryAreBothRecordedAndTheFirstIsBelieved) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    return Sends{{reply_to(query, {"203.0.113.66"})}, {reply_to(query, {"192.0.2.1"}), 30ms}};
  });
  auto asked = options(server.port());
  asked.listen_on = 200ms;
  steps::Lookup lookup = look_up(asked);
  EXPECT_EQ(seen(lookup.observation).replies.size(), 1U);  // the caller did not wait
  ASSERT_NE(lookup.listening, nullptr);
  const Observation observation = test::run(loop_.io, steps::settle(std::move(lookup)));
  EXPECT_EQ(failure(observation), "");
  ASSERT_EQ(seen(observation).replies.size(), 2U);
  EXPECT_EQ(seen(observation).answer, 0);
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"203.0.113.66"});
  EXPECT_EQ(seen(observation).replies[1].answers[0].data, "192.0.2.1");
  EXPECT_GT(seen(observation).replies[1].at, observation.began + observation.took);
}

TEST_F(DnsUdp, ALateAnswerAfterAForgedNxdomainIsRecorded) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    return Sends{{reply_to(query, {}, 3)}, {reply_to(query, {"192.0.2.1"}), 20ms}};
  });
  auto asked = options(server.port());
  asked.listen_on = 150ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), "dns_nxdomain_error");
  EXPECT_EQ(failures_of_replies(observation), (std::vector<std::string>{"dns_nxdomain_error", ""}));
}

TEST_F(DnsUdp, WhatComesAfterTheWindowIsNotWaitedFor) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    return Sends{{reply_to(query, {"192.0.2.1"})}, {reply_to(query, {"192.0.2.2"}), 60s}};
  });
  auto asked = options(server.port());
  asked.listen_on = 20ms;
  EXPECT_EQ(seen(settle(asked)).replies.size(), 1U);
}

TEST_F(DnsUdp, RepliesAreRecordedWithinBoundsAndTheAnswerAlways) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    const Bytes good = reply_to(query, {"192.0.2.1"});
    Sends sends;
    for (int i = 0; i < 50; ++i) sends.push_back({other_id(good)});
    sends.push_back({good, 10ms});
    for (int i = 0; i < 50; ++i) sends.push_back({good, 20ms});
    return sends;
  });
  auto asked = options(server.port());
  asked.listen_on = 200ms;
  const Observation observation = settle(asked);
  EXPECT_EQ(failure(observation), "");
  EXPECT_EQ(seen(observation).replies.size(), 32U);
  EXPECT_EQ(seen(observation).answer, 31);
}

TEST_F(DnsUdp, BytesOfRepliesAreKeptWithinBoundsAndTheAnswerIsRead) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    Bytes good = reply_to(query, {"192.0.2.1"});
    Bytes large = other_id(good);
    large.resize(30'000);
    good.resize(30'000);
    return Sends{{large}, {large, 1ms}, {large, 2ms}, {good, 3ms}};
  });
  const Observation observation = settle(options(server.port()));
  EXPECT_EQ(failure(observation), "");
  std::size_t raw = 0;
  for (const DnsReply& reply : seen(observation).replies) raw += reply.raw.size();
  EXPECT_LE(raw, 64U * 1024);
  EXPECT_EQ(steps::addresses_of(observation), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsUdp, APortWithoutAResolverRefuses) {
  DnsServer server(loop_.io, nullptr);
  const steps::Lookup lookup = look_up(options(server.port()));
  EXPECT_EQ(failure(lookup.observation), "connection_refused");
  EXPECT_EQ(lookup.listening, nullptr);
  EXPECT_TRUE(seen(lookup.observation).replies.empty());
}

TEST_F(DnsUdp, CancellationIsOurs) {
  std::function<void()> cancel;
  DnsServer server(loop_.io, [&](const Bytes&, int) {
    cancel();
    return Sends{};
  });
  const Observation observation =
      look_up_cancelled(options(server.port()), [&](auto function) { cancel = function; });
  EXPECT_EQ(failure(observation), "reachd_cancelled");
}

TEST_F(DnsUdp, ALookupThatIsCalledOffBeforeItBeginsIsOurs) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  const Observation observation =
      look_up_cancelled(options(server.port()), [](auto cancel) { cancel(); });
  EXPECT_EQ(failure(observation), "reachd_cancelled");
}

TEST_F(DnsUdp, SettlingThatIsCalledOffKeepsWhatCame) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  auto asked = options(server.port());
  asked.listen_on = 10min;
  for (const bool begun : {true, false}) {
    const Observation observation = settle_cancelled(look_up(asked), [&](auto cancel) {
      if (begun) {
        boost::asio::post(loop_.io, cancel);
      } else {
        cancel();
      }
    });
    EXPECT_EQ(failure(observation), "");
    EXPECT_EQ(seen(observation).replies.size(), 1U);
  }
}

TEST_F(DnsUdp, DroppingTheLookupClosesItsSocket) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  auto asked = options(server.port());
  asked.listen_on = 10min;
  const auto before = open_descriptors();
  {
    const steps::Lookup lookup = look_up(asked);
    EXPECT_EQ(open_descriptors(), before + 1);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(DnsUdp, ALoopThatStopsWhileSomebodyListensLeaksNothing) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  auto asked = options(server.port());
  asked.listen_on = 10min;
  boost::asio::co_spawn(loop_.io, steps::settle(look_up(asked)), boost::asio::detached);
  loop_.io.restart();
  loop_.io.poll();
}

TEST_F(DnsUdp, NoDescriptorsLeftIsOurs) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  rlimit former{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &former), 0);
  rlimit none = former;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::string udp = failure(look_up(options(server.port())).observation);
  const std::string tcp =
      failure(look_up(options(server.port(), ResolverSettings::Kind::tcp)).observation);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &former), 0);
  EXPECT_EQ(udp, "reachd_no_descriptors");
  EXPECT_EQ(tcp, "reachd_no_descriptors");
}

TEST_F(DnsUdp, WhatCannotBeAskedIsSaidWithoutASocket) {
  auto asked = options(9);
  asked.hostname = "a..b";
  EXPECT_EQ(failure(look_up(asked).observation),
            "unknown_failure: not a name that DNS can be asked for");
  asked = options(9);
  asked.query_type = "BOGUS";
  EXPECT_EQ(failure(look_up(asked).observation),
            "reachd_internal: not a type that DNS can be asked for");
  asked = options(9);
  asked.resolver.address = "localhost";
  EXPECT_EQ(failure(look_up(asked).observation), "reachd_internal: the resolver is not an address");
}

}  // namespace
}  // namespace reachd
