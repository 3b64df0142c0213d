// The ladder on real sockets: which questions and addresses a round takes, where redirects lead,
// what is recorded on the way.
#include "probes/ladder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probes/judge/judge.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

ResolverSettings resolver(std::string name, std::uint16_t port) {
  ResolverSettings settings;
  settings.name = std::move(name);
  settings.kind = ResolverSettings::Kind::udp;
  settings.address = "127.0.0.1";
  settings.port = port;
  return settings;
}

Target web(const std::string& host, std::uint16_t port) {
  Target target;
  target.service = "s";
  target.name = "t";
  target.scheme = Scheme::http;
  target.host = host;
  target.port = port;
  target.url = "http://" + host + ":" + std::to_string(port) + "/";
  return target;
}

std::vector<std::string> peers(const Measurement& measurement, Stage stage) {
  std::vector<std::string> found;
  for (const Observation& step : measurement.observations) {
    if (step.stage == stage) found.push_back(step.peer.address);
  }
  return found;
}

const HttpSeen& last_page(const Measurement& measurement) {
  return std::get<HttpSeen>(measurement.observations.back().seen);
}

class Ladder : public testing::Test {
 protected:
  Measurement climb_with(std::vector<ResolverSettings> asked, const Target& target,
                         Climb how = {}) {
    net::Resolvers resolvers(std::move(asked));
    return run(loop.io, climb(loop.way, resolvers, target, how));
  }
  Loop loop;
};

Script page(const std::string& head, const std::string& body = "") {
  return {request(), Send{"HTTP/1.1 " + head + "\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body}};
}

TEST_F(Ladder, GoesFromTheNameToThePageInOrderOfTime) {
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  TcpServer server(loop.io, page("200 OK", "<title>hello</title>"));
  const auto seen = climb_with({resolver("r", dns.port())}, web("name.test", server.port()));
  ASSERT_EQ(seen.observations.size(), 4U);
  EXPECT_EQ(seen.observations[2].stage, Stage::tcp);
  EXPECT_EQ(seen.observations[3].stage, Stage::http);
  EXPECT_LE(seen.observations[2].began, seen.observations[3].began);
  EXPECT_EQ(last_page(seen).title, "hello");
  EXPECT_TRUE(std::get<TcpSeen>(seen.observations[2].seen).info);
  EXPECT_THAT(failed_steps(seen), testing::IsEmpty())
      << "no AAAA is no failure where there is an A";
  EXPECT_EQ(judge(seen).status, Status::ok);
  EXPECT_THAT(server.received(), HasSubstr("Host: name.test:"));
}

// The page is there by then, the late answer is not.
TEST_F(Ladder, TellsWhenItOnlyListens) {
  DnsServer dns(loop.io, [](const test::Bytes& query, int) {
    return std::vector<DnsSend>{{reply_to(query, {"127.0.0.1"}), 0ms},
                                {reply_to(query, {"192.0.2.7"}), 450ms}};
  });
  TcpServer server(loop.io, page("200 OK", "hello"));
  int told = 0;
  Clock::time_point at;
  Climb how;
  how.only_listens = [&] {
    ++told;
    at = Clock::now();
    EXPECT_THAT(server.received(), HasSubstr("Host: name.test:"));
  };
  const auto began = Clock::now();
  const auto seen = climb_with({resolver("r", dns.port())}, web("name.test", server.port()), how);
  EXPECT_EQ(told, 1);
  const auto& replies = std::get<DnsSeen>(seen.observations.front().seen).replies;
  ASSERT_EQ(replies.size(), 2U) << "what comes later is heard all the same";
  EXPECT_LT(at - began, replies.back().at);
}

TEST_F(Ladder, AnAddressNeedsNoQuestion) {
  TcpServer server(loop.io, page("204 No Content"));
  const auto seen = climb_with({resolver("r", 9)}, web("127.0.0.1", server.port()));
  EXPECT_THAT(peers(seen, Stage::dns), testing::IsEmpty());
  EXPECT_EQ(last_page(seen).status, 204);
}

TEST_F(Ladder, ALightRoundTakesAnotherAddressAtEachTurnAndADeepOneAll) {
  DnsServer dns(loop.io, answering({"127.0.0.3", "127.0.0.1", "127.0.0.2"}));
  TcpServer server(loop.io, page("200 OK"));
  const Target target = web("name.test", server.port());
  const std::vector asked{resolver("r", dns.port())};
  EXPECT_THAT(peers(climb_with(asked, target, {.turn = 0}), Stage::tcp), ElementsAre("127.0.0.1"));
  EXPECT_THAT(peers(climb_with(asked, target, {.turn = 4}), Stage::tcp), ElementsAre("127.0.0.2"));
  const auto deep = climb_with(asked, target, {.round = Round::deep});
  EXPECT_THAT(peers(deep, Stage::tcp),
              testing::UnorderedElementsAre("127.0.0.1", "127.0.0.2", "127.0.0.3"));
  EXPECT_EQ(judge(deep).status, Status::impaired) << "two of the addresses refuse";
}

TEST_F(Ladder, ADeepRoundTriesNoMoreAddressesThanTheTargetAllows) {
  DnsServer dns(loop.io, answering({"127.0.0.3", "127.0.0.1", "127.0.0.2"}));
  TcpServer server(loop.io, page("200 OK"));
  Target target = web("name.test", server.port());
  target.addresses = 2;
  const auto seen = climb_with({resolver("r", dns.port())}, target, {.round = Round::deep});
  EXPECT_EQ(peers(seen, Stage::tcp).size(), 2U);
}

TEST_F(Ladder, WhatTookNoConnectionIsTriedAgainBeforeAllOthers) {
  TcpServer server(loop.io, page("200 OK"));
  DnsServer dns(loop.io, answering({"127.0.0.1", "127.0.0.2", "127.0.0.3"}));
  Climb how;
  how.again = {{"127.0.0.3", server.port()}, {"127.0.0.9", server.port()}};
  Target target = web("www.test", server.port());
  EXPECT_THAT(peers(climb_with({resolver("r", dns.port())}, target, how), Stage::tcp),
              ElementsAre("127.0.0.3"));
  target.addresses = 2;
  how.round = Round::deep;
  EXPECT_THAT(peers(climb_with({resolver("r", dns.port())}, target, how), Stage::tcp),
              UnorderedElementsAre("127.0.0.3", "127.0.0.1"));
}

TEST_F(Ladder, ALightRoundAsksAgainWhoGaveNoAnswerAndFollowsNone) {
  TcpServer server(loop.io, page("200 OK"));
  DnsServer first(loop.io, answering({"127.0.0.1"}));
  DnsServer second(loop.io, answering({"127.0.0.2"}));
  DnsServer third(loop.io, answering({"127.0.0.3"}));
  const std::vector asked{resolver("a", first.port()), resolver("b", second.port()),
                          resolver("c", third.port())};
  Climb how;
  how.ask_again = {"a", "c"};
  const auto seen = climb_with(asked, web("name.test", server.port()), how);
  EXPECT_THAT(peers(seen, Stage::tcp), ElementsAre("127.0.0.1"));
  EXPECT_EQ(first.heard().size(), 2U) << "once for each family";
  EXPECT_EQ(second.heard().size(), 0U);
  EXPECT_EQ(third.heard().size(), 2U);
}

TEST_F(Ladder, ADeepRoundAsksAllResolversAndALightOneTheFirst) {
  DnsServer first(loop.io, answering({"127.0.0.1"}));
  DnsServer second(loop.io, answering({}, 3));
  TcpServer server(loop.io, page("200 OK"));
  const Target target = web("name.test", server.port());
  const std::vector asked{resolver("one", first.port()), resolver("two", second.port())};
  EXPECT_EQ(peers(climb_with(asked, target), Stage::dns).size(), 2U);
  EXPECT_TRUE(second.heard().empty());
  const auto deep = climb_with(asked, target, {.round = Round::deep});
  EXPECT_EQ(peers(deep, Stage::dns).size(), 4U);
  EXPECT_EQ(failed_steps(deep).size(), 2U) << "what the second says is on record";
  EXPECT_EQ(judge(deep).status, Status::ok) << "and is not the target's fault";
}

TEST_F(Ladder, ANameserverThatIsGoneIsFollowedByTheNextOfTheSameResolver) {
  DnsServer gone(loop.io, nullptr);
  DnsServer there(loop.io, answering({"127.0.0.1"}));
  TcpServer server(loop.io, page("200 OK"));
  const Target target = web("name.test", server.port());
  const auto seen =
      climb_with({resolver("system", gone.port()), resolver("system", there.port())}, target);
  EXPECT_EQ(peers(seen, Stage::dns).size(), 4U);
  EXPECT_EQ(judge(seen).status, Status::ok);
}

TEST_F(Ladder, TwoDifferentAnswersToOneQuestionAreBothInTheMeasurement) {
  DnsServer dns(loop.io, [](const test::Bytes& query, int) {
    return std::vector<DnsSend>{{reply_to(query, {"127.0.0.9"})},
                                {reply_to(query, {"127.0.0.1"}), std::chrono::milliseconds(60)}};
  });
  Target target = web("name.test", 9);
  target.families = {Family::ipv4};
  const auto seen = climb_with({resolver("r", dns.port())}, target);
  const auto& answer = std::get<DnsSeen>(seen.observations.front().seen);
  ASSERT_EQ(answer.replies.size(), 2U);
  EXPECT_EQ(answer.replies[0].answers.front().data, "127.0.0.9");
  EXPECT_EQ(answer.replies[1].answers.front().data, "127.0.0.1");
  EXPECT_EQ(answer.answer, 0);
  EXPECT_THAT(peers(seen, Stage::tcp), ElementsAre("127.0.0.9")) << "the first is believed";
}

TEST_F(Ladder, ARedirectHasItsOwnNameAddressesAndCookies) {
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  TcpServer last(loop.io, page("200 OK", "there"));
  TcpServer first(loop.io,
                  page("302 Found\r\nSet-Cookie: seen=1; Path=/\r\nLocation: http://other.test:" +
                       std::to_string(last.port()) + "/next"));
  const auto seen = climb_with({resolver("r", dns.port())}, web("name.test", first.port()));
  EXPECT_EQ(last_page(seen).body, "there");
  EXPECT_EQ(seen.observations.back().depth, 1);
  EXPECT_EQ(peers(seen, Stage::dns).size(), 4U);
  EXPECT_THAT(last.received(), HasSubstr("GET /next "));
  EXPECT_THAT(last.received(), testing::Not(HasSubstr("seen=1"))) << "another host's cookie";
}

TEST_F(Ladder, ACookieGoesBackToWhoSetIt) {
  TcpServer server(loop.io, page("302 Found\r\nSet-Cookie: seen=1; Path=/\r\nLocation: /again"));
  const auto seen = climb_with({resolver("r", 9)}, web("127.0.0.1", server.port()));
  EXPECT_THAT(server.received(), HasSubstr("Cookie: seen=1"));
  EXPECT_EQ(server.accepted(), 11)
      << "the first and ten redirects, each over a connection of its own";
  EXPECT_EQ(to_string(*seen.observations.back().failure),
            "unknown_failure: stopped after 10 redirects");
}

TEST_F(Ladder, ADnsTargetIsJudgedByItsAnswer) {
  DnsServer dns(loop.io, answering({"192.0.2.7"}));
  Target target;
  target.scheme = Scheme::dns;
  target.dns_name = "name.test";
  target.dns_type = "A";
  const auto seen = climb_with({resolver("r", dns.port())}, target);
  ASSERT_EQ(seen.observations.size(), 1U);
  EXPECT_EQ(judge(seen).status, Status::ok);
}

TEST(Judge, OurOwnFaultsNeverCountAgainstTheTarget) {
  for (int word = 0; word <= static_cast<int>(Word::reachd_internal); ++word) {
    for (const Stage stage : {Stage::tcp, Stage::tls, Stage::http, Stage::mail}) {
      Measurement measurement;
      Observation step;
      step.stage = stage;
      step.failure = Failure{static_cast<Word>(word), {}};
      measurement.observations.push_back(step);
      const Verdict verdict = judge(measurement);
      // Silence with nobody to say that our line works says nothing of the target.
      const bool silent =
          stage == Stage::tcp && (step.failure->word == Word::generic_timeout_error ||
                                  step.failure->word == Word::timed_out ||
                                  (step.failure->word >= Word::host_unreachable &&
                                   step.failure->word <= Word::permission_denied));
      EXPECT_EQ(verdict.status,
                is_ours(*step.failure) || silent ? Status::insufficient : Status::impaired)
          << to_string(*step.failure) << " at " << to_string(stage);
    }
  }
  EXPECT_EQ(judge({}).status, Status::insufficient);
}

TEST(Judge, HoldsTheLastAnswerAgainstWhatIsExpected) {
  Measurement measurement;
  Observation step;
  step.stage = Stage::http;
  HttpSeen page;
  page.status = 302;
  page.body = "moved";
  step.seen = page;
  measurement.observations.push_back(step);
  page.status = 200;
  page.body = "welcome to the shop";
  page.headers = {{"Content-Type", "text/html"}};
  step.seen = page;
  measurement.observations.push_back(step);
  Target target;
  const auto status = [&] {
    measurement.unmet = unmet_expectation(measurement, target.expect);
    return judge(measurement).status;
  };
  target.expect.status = {200, 204};
  EXPECT_EQ(status(), Status::ok);
  target.expect.status = {302};
  EXPECT_EQ(status(), Status::impaired);
  target.expect = {{}, "wel+come", {{"content-type", "^text/"}}};
  EXPECT_EQ(status(), Status::ok);
  target.expect.body_regex = "moved";
  EXPECT_EQ(status(), Status::impaired);
  target.expect = {{}, "", {{"content-type", "json"}}};
  EXPECT_EQ(status(), Status::impaired);
}

}  // namespace
}  // namespace reachd
