#include "probes/print.hpp"

#include <gtest/gtest.h>

#include "probes/text.hpp"
#include "tests/support/measurements.hpp"

namespace reachd {
namespace {

Verdict verdict(Status status, std::string rule) {
  Verdict made;
  made.status = status;
  made.rule = std::move(rule);
  return made;
}

TEST(Print, AGoodRoundIsOneAlignedLineAStep) {
  Measurement measurement = test::good_measurement();
  measurement.observations.insert(measurement.observations.begin() + 1,
                                  test::lookup_step(0, 13, "AAAA", {}));
  auto& answers = std::get<DnsSeen>(measurement.observations[0].seen).replies[0].answers;
  answers.push_back({"www.example.com", "A", 300, "192.0.2.12"});
  std::get<HttpSeen>(measurement.observations.back().seen).bytes_per_second = 1'300'000;
  EXPECT_EQ(print_ladder(measurement, verdict(Status::ok, "plain.all_steps"), false),
            R"(example/web  https://www.example.com/  light round  2026-01-31 23:59:58 UTC  310 ms

+0.000 s  dns   system 192.0.2.53:53  A www.example.com → 192.0.2.10, 192.0.2.11, … (1 more)          12 ms
+0.000 s  dns   system 192.0.2.53:53  AAAA www.example.com: no record of this type (dns_no_answer)    13 ms
+0.012 s  tcp   192.0.2.10:443        connected, round trip 8.2 ms                                   8.0 ms
+0.020 s  tls                         TLSv1.3 TLS_AES_128_GCM_SHA256 h2, Example CA 1, 63 days left   17 ms
+0.037 s  http                        200 HTTP/2, 35 B, 1.2 MiB/s, "Example"                          45 ms

verdict  ok   rule plain.all_steps
)");
}

TEST(Print, AResetHandshakeSaysAfterWhatAndInWhoseWords) {
  Verdict made = verdict(Status::blocked, "tls.reset.swap_ok");
  made.kinds = {"tls.reset.sni"};
  made.locus = Locus::network;
  EXPECT_EQ(print_ladder(test::reset_measurement(), made, false),
            R"(example/web  https://www.example.com/  light round  2026-01-31 23:59:58 UTC  310 ms

+0.000 s  dns   system 192.0.2.53:53  A www.example.com → 192.0.2.10, 192.0.2.11                  12 ms
+0.012 s  tcp   192.0.2.10:443        connected, round trip 8.2 ms                               8.0 ms
+0.020 s  tls                         reset by someone after our ClientHello (connection_reset)   17 ms

verdict  blocked   rule tls.reset.swap_ok   kind tls.reset.sni   locus network
         the target's name is reset where an innocent one passes
)");
}

TEST(Print, AForgedAnswerBesideTheRealOneIsShownAsEvidence) {
  Measurement measurement = test::good_measurement();
  auto& seen = std::get<DnsSeen>(measurement.observations.front().seen);
  DnsReply late = seen.replies.front();
  late.at = std::chrono::milliseconds(38);
  late.answers = {{"www.example.com", "A", 60, "203.0.113.66"}};
  seen.replies.push_back(late);
  late.at = std::chrono::milliseconds(41);
  late.answers.clear();
  late.failure = Failure{Word::dns_nxdomain_error, {}};
  seen.replies.push_back(late);
  measurement.observations.resize(1);
  EXPECT_EQ(print_ladder(measurement, verdict(Status::likely_blocked, "dns.two_answers"), false),
            R"(example/web  https://www.example.com/  light round  2026-01-31 23:59:58 UTC  310 ms

+0.000 s  dns   system 192.0.2.53:53  A www.example.com → 192.0.2.10, 192.0.2.11  12 ms
                                      2nd answer after 38 ms: 203.0.113.66
                                      3rd answer after 41 ms: no such name (dns_nxdomain_error)

verdict  likely_blocked   rule dns.two_answers
         one question got two answers, neither proved
)");
}

TEST(Print, AServerWithoutStarttlsIsToldByItsGreeting) {
  Measurement measurement = test::blank_measurement();
  measurement.target = "submission";
  measurement.url = "smtp://mx.example.com:587";
  measurement.scheme = Scheme::smtp;
  Observation step = test::connect_step(0, 9);
  step.peer.port = 587;
  measurement.observations.push_back(step);
  step.stage = Stage::mail;
  step.began += step.took;
  step.took = std::chrono::milliseconds(1204);
  step.failure = Failure{Word::unknown_failure, "STARTTLS is not offered"};
  MailSeen seen;
  seen.protocol = "smtp";
  seen.greeting = "220 mx.example.com ESMTP ready";
  seen.capabilities = {"PIPELINING", "8BITMIME"};
  seen.last_reply = "250 8BITMIME";
  step.seen = seen;
  measurement.observations.push_back(step);
  EXPECT_EQ(
      print_ladder(measurement, verdict(Status::impaired, "plain.step_failed"), false),
      R"(example/submission  smtp://mx.example.com:587  light round  2026-01-31 23:59:58 UTC  310 ms

+0.000 s  tcp   192.0.2.10:587  connected, round trip 8.2 ms                                                     9.0 ms
+0.009 s  mail                  220 mx.example.com ESMTP ready, then STARTTLS is not offered (unknown_failure)  1.204 s
                                last reply: 250 8BITMIME

verdict  impaired   rule plain.step_failed
)");
}

TEST(Print, WhereRedirectsLedIsIndentedByDepth) {
  Measurement measurement = test::good_measurement();
  measurement.round = Round::deep;
  auto& first = std::get<HttpSeen>(measurement.observations.back().seen);
  first.status = 301;
  first.location = "https://www.example.org/";
  for (Observation step : test::good_measurement().observations) {
    step.depth = 1;
    step.began += std::chrono::milliseconds(100);
    step.transaction += 1;
    if (auto* lookup = std::get_if<DnsSeen>(&step.seen)) lookup->hostname = "www.example.org";
    measurement.observations.push_back(step);
  }
  // Two addresses of the first place, side by side: their steps come mixed and are shown in groups.
  Observation other = test::connect_step(13, 30);
  other.peer = {"2001:db8::10", 443};
  other.transaction = 50009;
  other.failure = Failure{Word::generic_timeout_error, {}};
  other.seen = TcpSeen{};
  measurement.observations.insert(measurement.observations.begin() + 2, other);
  EXPECT_EQ(print_ladder(measurement, verdict(Status::ok, "plain.all_steps"), false),
            R"(example/web  https://www.example.com/  deep round  2026-01-31 23:59:58 UTC  310 ms

+0.000 s  dns   system 192.0.2.53:53    A www.example.com → 192.0.2.10, 192.0.2.11                      12 ms
+0.012 s  tcp   192.0.2.10:443          connected, round trip 8.2 ms                                   8.0 ms
+0.020 s  tls                           TLSv1.3 TLS_AES_128_GCM_SHA256 h2, Example CA 1, 63 days left   17 ms
+0.037 s  http                          301 HTTP/2 → https://www.example.org/                           45 ms
+0.013 s  tcp   [2001:db8::10]:443      silence while connecting (generic_timeout_error)                30 ms
+0.100 s  dns     system 192.0.2.53:53  A www.example.org → 192.0.2.10, 192.0.2.11                      12 ms
+0.112 s  tcp     192.0.2.10:443        connected, round trip 8.2 ms                                   8.0 ms
+0.120 s  tls                           TLSv1.3 TLS_AES_128_GCM_SHA256 h2, Example CA 1, 63 days left   17 ms
+0.137 s  http                          200 HTTP/2, 35 B, "Example"                                     45 ms

verdict  ok   rule plain.all_steps
)");
}

TEST(Print, AConnectionBesideTheLadderSaysWhichNameItCarriedAndWhy) {
  Measurement measurement = test::reset_measurement();
  const std::vector<Observation> ladder = measurement.observations;
  const auto beside = [&](Purpose purpose, std::string address, std::string name) {
    static int transaction = 50'100;
    ++transaction;
    for (Observation step : ladder) {
      if (step.stage == Stage::dns) continue;
      step.began += std::chrono::milliseconds(100 * (transaction - 50'100));
      step.transaction = transaction;
      step.purpose = purpose;
      step.peer.address = address;
      if (auto* tls = std::get_if<TlsSeen>(&step.seen)) tls->server_name = name;
      if (purpose == Purpose::ttl_limited) step.ttl = 6;
      measurement.observations.push_back(step);
    }
  };
  beside(Purpose::sni_swap, "192.0.2.10", "example.org");
  beside(Purpose::sni_swap, "192.0.2.11", "example.org");
  beside(Purpose::retry, "192.0.2.10", "www.example.com");
  beside(Purpose::ttl_limited, "192.0.2.11", "www.example.com");
  const std::string text =
      print_ladder(measurement, verdict(Status::blocked, "tls.reset.swap_ok"), false);
  for (const char* words : {"example.org on the same address\n", "example.org on another address\n",
                            "true name again: www.example.com on the same address\n",
                            "true name in packets that die after 6 hops on another address\n"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST(Print, ARefusedCertificateIsNamed) {
  Measurement measurement = test::reset_measurement();
  Observation& tls = measurement.observations.back();
  tls.failure = Failure{Word::ssl_unknown_authority, {}};
  auto& seen = std::get<TlsSeen>(tls.seen);
  seen.server_hello_seen = true;
  seen.verify_error = "self-signed certificate";
  seen.alert = 48;
  seen.chain = {{"der", "CN=Great\\, Firewall,O=X", "O=Nobody", 0, 1'769'000'000}};
  const std::string ladder = print_ladder(measurement, verdict(Status::blocked, "tls.mitm"), false);
  EXPECT_NE(ladder.find("the certificate is signed by nobody we trust, self-signed certificate,"),
            std::string::npos)
      << ladder;
  EXPECT_NE(
      ladder.find("certificate of Great\\, Firewall, issued by Nobody, expired 10 days ago\n"),
      std::string::npos)
      << ladder;
}

TEST(Print, ColourIsThereOnlyIfAskedFor) {
  const Measurement measurement = test::reset_measurement();
  const Verdict made = verdict(Status::impaired, "plain.step_failed");
  const std::string plain = print_ladder(measurement, made, false);
  std::string coloured = print_ladder(measurement, made, true);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[31mreset by someone"), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[33mimpaired\x1b[0m"), std::string::npos);
  for (std::size_t at = 0; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, plain);
}

TEST(Print, WhateverComesFromTheNetworkStaysWithinTheLinesAndObeysNobody) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Measurement measurement = test::made_up_measurement(seed);
    const std::string ladder =
        print_ladder(measurement, verdict(Status::impaired, "plain.step_failed"), false);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = ladder.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      const std::string line = ladder.substr(begin, end - begin);
      ASSERT_LE(columns(line), 120U) << "seed " << seed << ": " << line;
      for (std::string_view rest = line; !rest.empty();) {
        const Character character = first_character(rest);
        ASSERT_TRUE(character.value && shows(*character.value)) << "seed " << seed << ": " << line;
        rest.remove_prefix(character.size);
      }
    }
    ASSERT_EQ(begin, ladder.size());
  }
}

TEST(Print, AHostileTitleIsShownAsWhatItIs) {
  Measurement measurement = test::good_measurement();
  std::get<HttpSeen>(measurement.observations.back().seen).title =
      "a\x1b[2J\r\n\xe2\x80\xae"
      "b\xff";
  const std::string ladder =
      print_ladder(measurement, verdict(Status::ok, "plain.all_steps"), false);
  EXPECT_NE(ladder.find(R"("a\x1b[2J\x0d\x0a\u{202e}b\xff")"), std::string::npos) << ladder;
}

TEST(Print, WithoutAStepItSaysSo) {
  EXPECT_EQ(print_ladder(test::blank_measurement(),
                         verdict(Status::insufficient, "plain.nothing_measured"), false),
            R"(example/web  https://www.example.com/  light round  2026-01-31 23:59:58 UTC  310 ms

nothing was measured

verdict  insufficient   rule plain.nothing_measured
)");
}

}  // namespace
}  // namespace reachd
