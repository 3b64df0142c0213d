// The diagnosis on real sockets: what it asks, where, and in which order.
#include "probes/diagnosis/diagnosis.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/censored_server.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/helped.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ResolverSettings resolver(std::string name, std::uint16_t port) {
  ResolverSettings settings;
  settings.name = std::move(name);
  settings.kind = ResolverSettings::Kind::udp;
  settings.address = "127.0.0.1";
  settings.port = port;
  return settings;
}

class Diagnosis : public testing::Test {
 protected:
  Diagnosis() {
    controls.innocent = "innocent.test";
    target.service = "s";
    target.name = "t";
    target.scheme = Scheme::http;
    target.host = "blocked.test";
    target.timeout = 2s;
  }

  void aim_at(std::uint16_t port) {
    target.port = port;
    target.url = "http://blocked.test:" + std::to_string(port) + "/";
  }

  // The ladder, then the diagnosis of what it saw.
  Diagnosed look(std::vector<ResolverSettings> asked, Climb how = {}) {
    resolvers = net::Resolvers(std::move(asked));
    how.innocent = controls.innocent;
    return run(loop.io, climb_and_diagnose(std::move(how)), 40s);
  }

  boost::asio::awaitable<Diagnosed> climb_and_diagnose(Climb how) {
    Measurement measurement = co_await climb(loop.way, resolvers, target, how);
    const auto start = Clock::now() - measurement.runtime;
    residual.note(measurement.observations, start);
    measurement.past = past;
    co_return co_await diagnose({loop.way, resolvers, controls, helpers, residual}, target,
                                std::move(measurement), std::move(how), start);
  }

  // "purpose address: failure", connections by their last step, in order of time.
  static std::vector<std::string> told(const Measurement& measurement) {
    std::vector<std::string> lines;
    std::vector<int> seen;
    for (const Observation& step : measurement.observations) {
      if (step.stage == Stage::dns || std::ranges::find(seen, step.transaction) != seen.end()) {
        continue;
      }
      seen.push_back(step.transaction);
      std::string failure = "fine";
      for (const Observation& other : measurement.observations) {
        if (other.transaction != step.transaction || !other.failure) continue;
        failure = to_string(*other.failure);
      }
      lines.push_back(std::string(to_string(step.purpose)) + " " + step.peer.address + ": " +
                      failure + (step.residual ? " (residual)" : ""));
    }
    return lines;
  }

  static std::vector<std::string> questions(const Measurement& measurement) {
    std::vector<std::string> lines;
    for (const Observation& step : measurement.observations) {
      const auto* seen = std::get_if<DnsSeen>(&step.seen);
      if (seen == nullptr || seen->query_type != "A") continue;
      lines.push_back(std::string(to_string(step.purpose)) + " " + seen->resolver + " " +
                      seen->hostname);
    }
    return lines;
  }

  Loop loop;
  net::Resolvers resolvers{{}};
  ControlSettings controls;
  std::vector<HelperDoor> helpers;
  Residual residual{190s};
  Past past;
  Target target;
};

TEST_F(Diagnosis, AnInnocentNameGoesFirstAndOnlyWhereNothingWasHit) {
  CensoredServer server(loop.io, "blocked.test");
  DnsServer dns(loop.io, answering({"127.0.0.1", "127.0.0.2", "127.0.0.3"}));
  aim_at(server.port());
  const auto seen = look({resolver("r", dns.port())});
  EXPECT_THAT(told(seen.measurement),
              ElementsAre("ladder 127.0.0.1: connection_reset", "host_swap 127.0.0.2: fine",
                          "retry 127.0.0.2: connection_reset", "host_swap 127.0.0.3: fine",
                          "retry 127.0.0.3: connection_reset",
                          "retry 127.0.0.1: connection_reset (residual)"));
  for (std::size_t i = 0; i < server.visits().size(); ++i) {
    if (server.visits()[i].reset) continue;
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(server.visits()[j].reset &&
                   server.visits()[j].address == server.visits()[i].address)
          << "innocent after a hit at " << server.visits()[i].address;
    }
  }
  ASSERT_TRUE(seen.postponed);
  EXPECT_THAT(seen.postponed->endpoints, ElementsAre(Endpoint{"127.0.0.1", server.port()}));
  EXPECT_GT(seen.postponed->at, Clock::now() + 180s);
}

TEST_F(Diagnosis, EachConnectionHasAPortOfItsOwn) {
  CensoredServer server(loop.io, "blocked.test");
  DnsServer dns(loop.io, answering({"127.0.0.1", "127.0.0.2"}));
  aim_at(server.port());
  const auto seen = look({resolver("r", dns.port())});
  std::vector<int> ports;
  for (const Observation& step : seen.measurement.observations) {
    if (const auto* tcp = std::get_if<TcpSeen>(&step.seen)) ports.push_back(tcp->local_port);
  }
  ASSERT_EQ(ports.size(), 4U);
  std::ranges::sort(ports);
  EXPECT_EQ(std::ranges::adjacent_find(ports), ports.end());
}

TEST_F(Diagnosis, AnOnlyAddressIsLeftAloneUntilThePenaltyIsOver) {
  CensoredServer server(loop.io, "blocked.test");
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  aim_at(server.port());
  const auto first = look({resolver("r", dns.port())});
  EXPECT_THAT(told(first.measurement), ElementsAre("ladder 127.0.0.1: connection_reset",
                                                   "retry 127.0.0.1: connection_reset (residual)"));
  ASSERT_TRUE(first.postponed);

  residual = Residual(190s);  // as if the time had passed
  const auto second =
      look({resolver("r", dns.port())}, {.innocent_first = first.postponed->endpoints});
  EXPECT_THAT(told(second.measurement),
              ElementsAre("host_swap 127.0.0.1: fine", "ladder 127.0.0.1: connection_reset",
                          "retry 127.0.0.1: connection_reset (residual)"));
  EXPECT_TRUE(second.postponed) << "a second round is to prove it too";
}

TEST_F(Diagnosis, WhatTakesNoConnectionIsTriedAgainAndAtOtherPorts) {
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  DnsServer closed(loop.io, nullptr);  // holds a port that refuses
  aim_at(closed.port());
  const auto seen = look({resolver("r", dns.port())});
  const auto lines = told(seen.measurement);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "ladder 127.0.0.1: connection_refused");
  EXPECT_EQ(lines[1], "retry 127.0.0.1: connection_refused");
  EXPECT_THAT(lines[2], HasSubstr("connect_only 127.0.0.1"));
  EXPECT_THAT(lines[3], HasSubstr("connect_only 127.0.0.1"));
  EXPECT_FALSE(seen.postponed) << "nothing was said";
}

TEST_F(Diagnosis, TheThirdSilentRoundEndsWithALonelyConnection) {
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  DnsServer closed(loop.io, nullptr);
  aim_at(closed.port());
  past.rounds = {{60s, Outcome{Status::impaired, {"tcp.timeout"}, ""}}};
  EXPECT_EQ(told(look({resolver("r", dns.port())}).measurement).size(), 4U);
  past.rounds.push_back({120s, Outcome{Status::impaired, {"tcp.timeout"}, ""}});
  const auto seen = look({resolver("r", dns.port())});
  EXPECT_EQ(told(seen.measurement).size(), 5U);
  const Observation& lonely = seen.measurement.observations.back();
  EXPECT_EQ(lonely.purpose, Purpose::connect_only);
  EXPECT_EQ(lonely.peer.port, closed.port());
}

TEST_F(Diagnosis, WhatOnlyThePathIsBlockedForIsAskedForWithoutIt) {
  CensoredServer server(loop.io, "keyword");
  DnsServer dns(loop.io, answering({"127.0.0.1", "127.0.0.2"}));
  aim_at(server.port());
  target.path = "/?q=keyword";
  target.url += "?q=keyword";
  const auto seen = look({resolver("r", dns.port())});
  EXPECT_THAT(told(seen.measurement),
              ElementsAre("ladder 127.0.0.1: connection_reset", "host_swap 127.0.0.2: fine",
                          "bare_path 127.0.0.2: fine", "retry 127.0.0.2: connection_reset",
                          "retry 127.0.0.1: connection_reset (residual)"));
  EXPECT_THAT(server.visits()[2].said, HasSubstr("GET / HTTP"));
  EXPECT_THAT(server.visits()[2].said, HasSubstr("Host: blocked.test"));
}

TEST_F(Diagnosis, AFailedNameIsAskedForElsewhereAndAnInnocentOneWhereItFailed) {
  CensoredServer server(loop.io, "nothing is");
  DnsServer lying(loop.io, answering({}, 3));
  DnsServer honest(loop.io, answering({"127.0.0.1"}));
  controls.non_resolver = "127.0.0.9";
  aim_at(server.port());
  const auto seen = look({resolver("first", lying.port()), resolver("second", honest.port())});
  EXPECT_THAT(questions(seen.measurement),
              testing::UnorderedElementsAre(
                  "ladder first blocked.test", "resolver second blocked.test",
                  "non_resolver_check non_resolver innocent.test",
                  "non_resolver non_resolver blocked.test", "innocent_name first innocent.test"));
  const auto lines = questions(seen.measurement);
  EXPECT_LT(std::ranges::find(lines, "non_resolver_check non_resolver innocent.test"),
            std::ranges::find(lines, "non_resolver non_resolver blocked.test"))
      << "the control goes first";
  EXPECT_THAT(told(seen.measurement), ElementsAre("retry 127.0.0.1: fine"))
      << "the address that the other resolver knew";
}

TEST_F(Diagnosis, TheHelpersReportIsTakenOverAndAShutDoorCostsNothing) {
  CensoredServer server(loop.io, "blocked.test");
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  aim_at(server.port());
  Helped helped;
  const Helped::Running running(helped);
  HelperAccess access;
  access.url = "http://helper.test:" + std::to_string(helped.port()) + "/";
  access.host = "helper.test";
  access.port = helped.port();
  access.address = "127.0.0.1";
  helpers = {{access, "wrong-token"}};
  const auto shut = look({resolver("r", dns.port())});
  EXPECT_FALSE(shut.measurement.helper);
  ASSERT_TRUE(shut.measurement.helper_failure);
  EXPECT_THAT(to_string(*shut.measurement.helper_failure), HasSubstr("401"));

  helpers.push_back({access, "a-long-secret"});
  const auto open = look({resolver("r", dns.port())});
  ASSERT_TRUE(open.measurement.helper);
  EXPECT_FALSE(open.measurement.helper_failure);
  EXPECT_THAT(open.measurement.helper->connects,
              Contains(HelperConnect{{"127.0.0.1", server.port()}, ""}));
  for (const Observation& step : open.measurement.observations) {
    const auto* seen = std::get_if<HttpSeen>(&step.seen);
    if (seen == nullptr) continue;
    for (const auto& header : seen->request_headers) EXPECT_NE(header.first, "Authorization");
  }
}

TEST_F(Diagnosis, TheSecondWayOutFetchesTheSameAndItsOwnFaultsAreOurs) {
  CensoredServer server(loop.io, "blocked.test");
  DnsServer dns(loop.io, answering({"127.0.0.1"}));
  TcpServer proxy(loop.io, {ReadUntil{"\r\n\r\n"}, Send{"HTTP/1.1 200 OK\r\n\r\n"},
                            ReadUntil{"GET / HTTP/1.1\r\nHost: blocked.test"},
                            Send{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}, Finish{}});
  aim_at(server.port());
  controls.proxy = ProxySettings{ProxySettings::Kind::http, "127.0.0.1", proxy.port()};
  EXPECT_THAT(told(look({resolver("r", dns.port())}).measurement),
              Contains("proxy 127.0.0.1: fine"));
  EXPECT_THAT(proxy.received(), HasSubstr("CONNECT blocked.test:"));

  DnsServer closed(loop.io, nullptr);
  controls.proxy->port = closed.port();
  EXPECT_THAT(told(look({resolver("r", dns.port())}).measurement),
              Contains(HasSubstr("proxy 127.0.0.1: reachd_internal")));
}

}  // namespace
}  // namespace reachd
