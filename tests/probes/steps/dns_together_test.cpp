// Questions that are asked side by side: each has its own answer, its own end and its own time.
#include <boost/asio/co_spawn.hpp>

#include "tests/support/dns_asker.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::Bytes;
using test::DnsSend;
using test::DnsServer;
using test::reply_to;
using Kind = ResolverSettings::Kind;
using Sends = std::vector<DnsSend>;

// The last bytes of a query that has an OPT record of 11: type, class, the record.
bool asks_aaaa(const Bytes& query) {
  return query.at(query.size() - 11 - 3) == 28;
}

class DnsTogether : public test::DnsAsker {
 protected:
  static std::vector<steps::DnsOptions> both(steps::DnsOptions options) {
    std::vector<steps::DnsOptions> all(2, std::move(options));
    all[1].query_type = "AAAA";
    return all;
  }

  std::vector<steps::Lookup> look_up_all(std::vector<steps::DnsOptions> all) {
    return test::run(loop_.io, steps::look_up_all(loop_.way, std::move(all)));
  }

  std::vector<Observation> settle_all(std::vector<steps::Lookup> lookups) {
    return test::run(loop_.io, steps::settle_all(std::move(lookups)));
  }
};

TEST_F(DnsTogether, EachHasItsOwnAnswerInTheOrderOfTheQuestions) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    if (asks_aaaa(query)) return Sends{{reply_to(query, {"2001:db8::1"})}};
    return Sends{{reply_to(query, {"192.0.2.1"}), 20ms}};
  });
  const auto seen_all = settle_all(look_up_all(both(options(server.port()))));
  ASSERT_EQ(seen_all.size(), 2U);
  EXPECT_EQ(steps::addresses_of(seen_all[0]), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(steps::addresses_of(seen_all[1]), std::vector<std::string>{"2001:db8::1"});
  EXPECT_GE(seen_all[0].took, 20ms);
  EXPECT_LT(seen_all[1].took, seen_all[0].took);
  ASSERT_EQ(server.heard().size(), 2U);
  EXPECT_NE(server.heard()[0].from, server.heard()[1].from);
}

TEST_F(DnsTogether, SilenceToOneIsNotTheOthers) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    return asks_aaaa(query) ? Sends{} : Sends{{reply_to(query, {"192.0.2.1"})}};
  });
  auto asked = both(options(server.port()));
  for (auto& one : asked) one.timeout = 1500ms;  // sent again after a third of it
  const auto lookups = look_up_all(asked);
  EXPECT_EQ(failure(lookups[0].observation), "");
  EXPECT_LT(lookups[0].observation.took, 1500ms);
  EXPECT_NE(lookups[0].listening, nullptr);
  EXPECT_EQ(failure(lookups[1].observation), "generic_timeout_error");
  EXPECT_GE(lookups[1].observation.took, 1500ms);
  EXPECT_EQ(lookups[1].listening, nullptr);
  EXPECT_EQ(server.heard().size(), 3U) << "only the silent one is sent again";
}

// The window counts from its own answer, however long the other takes.
TEST_F(DnsTogether, WhatComesAfterTheWindowOfOneIsNotItsReply) {
  DnsServer server(loop_.io, [](const Bytes& query, int) {
    if (asks_aaaa(query)) return Sends{{reply_to(query, {"2001:db8::1"}), 700ms}};
    return Sends{{reply_to(query, {"192.0.2.1"})},
                 {reply_to(query, {"192.0.2.2"}), 20ms},
                 {reply_to(query, {"192.0.2.3"}), 600ms}};
  });
  auto asked = both(options(server.port()));
  for (auto& one : asked) one.listen_on = 80ms;
  const auto seen_all = settle_all(look_up_all(asked));
  EXPECT_EQ(seen(seen_all[0]).replies.size(), 2U);
  EXPECT_EQ(seen(seen_all[0]).answer, 0);
  EXPECT_EQ(seen(seen_all[1]).replies.size(), 1U);
}

TEST_F(DnsTogether, ARefusalEndsEachAtOnce) {
  DnsServer server(loop_.io, nullptr);
  for (const auto& lookup : look_up_all(both(options(server.port())))) {
    EXPECT_EQ(failure(lookup.observation), "connection_refused");
    EXPECT_LT(lookup.observation.took, 1s);
  }
}

TEST_F(DnsTogether, ARefusalKeepsItsOwnTimeBesideSilence) {
  DnsServer refusing(loop_.io, nullptr);
  DnsServer deaf(loop_.io, test::silent());
  auto asked = both(options(refusing.port()));
  asked[1].resolver.port = deaf.port();
  asked[1].timeout = 300ms;
  const auto lookups = look_up_all(asked);
  EXPECT_EQ(failure(lookups[0].observation), "connection_refused");
  EXPECT_LT(lookups[0].observation.took, 300ms);
  EXPECT_EQ(failure(lookups[1].observation), "generic_timeout_error");
}

TEST_F(DnsTogether, OneThatCannotBeAskedDoesNotKeepTheOther) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}));
  auto asked = both(options(server.port()));
  asked[1].query_type = "NONSENSE";
  const auto lookups = look_up_all(asked);
  EXPECT_EQ(failure(lookups[0].observation), "");
  EXPECT_EQ(lookups[1].observation.failure->word, Word::reachd_internal);
  asked[0].query_type = "NONSENSE";
  for (const auto& lookup : look_up_all(asked)) {
    EXPECT_EQ(lookup.observation.failure->word, Word::reachd_internal);
  }
}

TEST_F(DnsTogether, WhatIsTooLongIsFetchedOverTcpSideBySide) {
  const auto truncated = [](const Bytes& query, int) {
    Bytes reply = reply_to(query, {});
    return Sends{{test::bent(reply, 2, {static_cast<std::uint8_t>(reply[2] | 2)})}};
  };
  std::vector<Clock::time_point> heard;
  const auto whole = [&heard](const Bytes& query, int) {
    heard.push_back(Clock::now());
    const bool aaaa = asks_aaaa(query);
    return Sends{{test::framed(reply_to(query, {aaaa ? "2001:db8::1" : "192.0.2.1"})), 1s}};
  };
  DnsServer server(loop_.io, truncated, whole);
  const auto lookups = look_up_all(both(options(server.port())));
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_LT(heard[1] - heard[0], 1s) << "the second did not wait for the first one's answer";
  for (const auto& lookup : lookups) {
    EXPECT_EQ(failure(lookup.observation), "");
    EXPECT_EQ(seen(lookup.observation).engine, "tcp");
    EXPECT_GE(lookup.observation.took, 1s);
  }
}

TEST_F(DnsTogether, KindsMayDiffer) {
  DnsServer server(loop_.io, test::answering({"192.0.2.1"}), [](const Bytes& query, int) {
    return Sends{{test::framed(reply_to(query, {"2001:db8::1"}))}};
  });
  auto asked = both(options(server.port()));
  asked[1].resolver.kind = Kind::tcp;
  const auto lookups = look_up_all(asked);
  EXPECT_EQ(seen(lookups[0].observation).engine, "udp");
  EXPECT_EQ(seen(lookups[1].observation).engine, "tcp");
  for (const auto& lookup : lookups) EXPECT_EQ(failure(lookup.observation), "");
}

}  // namespace
}  // namespace reachd
