#include "tests/lab/censor/censor.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/lab/censor/test/frames.hpp"

namespace censor::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Censor made(const std::string& rules) {
  const boost::json::value value = boost::json::parse(R"({"rules": [)" + rules + "]}");
  Fields file(value, "");
  return {read_rules(file, {Path{"w", "a", "b", {}}}), 1, Time()};
}

Censor one(const std::string& rest) {
  return made(R"({"name": "r", "at": "w", )" + rest + "}");
}

// One connection, seen by a censor at its client's side.
struct Connection {
  explicit Connection(Censor& judge, std::uint16_t port = 40000, std::uint16_t server_port = 443)
      : censor(judge) {
    client.from.port = port;
    client.to.port = server_port;
    server = {client.to, client.from, 5000, 1001};
  }

  Outcome out(Packet packet) { return censor.judge(0, Direction::out, packet, now); }
  Outcome in(Packet packet) { return censor.judge(0, Direction::in, packet, now); }
  Outcome open() {
    Outcome outcome = out(client.send(tcp::kSyn));
    in(server.send(tcp::kSyn | tcp::kAck));
    client.ack = server.seq;
    return outcome;
  }
  Outcome say(View payload) {
    Outcome outcome = out(client.say(payload));
    server.ack = client.seq;
    return outcome;
  }
  Outcome answer(View payload) {
    Outcome outcome = in(server.say(payload));
    client.ack = server.seq;
    return outcome;
  }

  Censor& censor;
  TcpSide client;
  TcpSide server;
  Time now{};
};

std::uint64_t fired(const Censor& judge, std::string_view rule = "r") {
  return judge.counters().at(rule).at("fired").to_number<std::uint64_t>();
}

TEST(Judge, ResetsContinueBothSequences) {
  Censor judge =
      one(R"("match": {"tls": {"sni": "bad.test"}}, "act": [{"reset": {"flags": "RA"}}])");
  Connection connection(judge);
  connection.open();
  const Bytes bad = hello({.sni = "bad.test"});
  const Outcome outcome = connection.say(bad);
  EXPECT_FALSE(outcome.gone);
  ASSERT_EQ(outcome.forged.size(), 2U);
  EXPECT_TRUE(outcome.forged[0].inside);
  const Packet back = parsed(outcome.forged[0].frame);
  EXPECT_EQ(back.source, connection.client.to);
  EXPECT_EQ(back.seq, 5001U);
  EXPECT_EQ(back.ack, 1001U + bad.size());
  EXPECT_EQ(back.flags, tcp::kRst | tcp::kAck);
  EXPECT_FALSE(outcome.forged[1].inside);
  const Packet along = parsed(outcome.forged[1].frame);
  EXPECT_EQ(along.source, connection.client.from);
  EXPECT_EQ(along.seq, 1001U + bad.size());
}

TEST(Judge, ResetTakesThePlaceOfADroppedPacket) {
  Censor judge =
      one(R"("match": {"tls": {}}, "act": [{"reset": {"to": "server"}}, {"drop": "packet"}])");
  Connection connection(judge);
  connection.open();
  const Outcome outcome = connection.say(hello());
  EXPECT_TRUE(outcome.gone);
  EXPECT_EQ(parsed(outcome.forged.at(0).frame).seq, 1001U);
}

TEST(Judge, ResetOfASynIsWhatAClientTakes) {
  Censor judge =
      one(R"("match": {"flags": "syn"}, "act": [{"reset": {"to": "client", "flags": "RA"}}])");
  Connection connection(judge);
  const Packet forged = parsed(connection.open().forged.at(0).frame);
  EXPECT_EQ(forged.seq, 0U);
  EXPECT_EQ(forged.ack, 1001U);
}

TEST(Judge, HelloInSegmentsFiresOnceAndForCopiesOfItsEnd) {
  Censor judge = one(R"("match": {"tls": {"sni": "bad.test"}}, "act": [{"drop": "packet"}])");
  Connection connection(judge);
  connection.open();
  const Bytes bad = hello({.sni = "bad.test", .padding = 1500});
  EXPECT_FALSE(connection.say(View(bad).first(1000)).gone);
  const Packet last = connection.client.say(View(bad).subspan(1000));
  EXPECT_TRUE(connection.out(last).gone);
  EXPECT_TRUE(connection.out(last).gone);
  EXPECT_EQ(fired(judge), 2U);
}

TEST(Judge, WithoutReassemblyOnlyWholeNames) {
  Censor judge = one(R"("match": {"tls": {"sni": "bad.test", "reassemble": false}})");
  Connection connection(judge);
  connection.open();
  const Bytes bad = hello({.sni = "bad.test", .padding = 1500});
  connection.say(View(bad).first(1000));
  connection.say(View(bad).subspan(1000));
  EXPECT_EQ(fired(judge), 0U);
  Connection other(judge, 40001);
  other.open();
  other.say(bad);
  EXPECT_EQ(fired(judge), 1U);
}

TEST(Judge, HelloBehindStartTls) {
  Censor judge = one(R"("match": {"tls": {"sni": "bad.test"}})");
  Connection connection(judge, 40000, 587);
  connection.open();
  connection.say(as_bytes("EHLO me\r\n"));
  connection.say(as_bytes("STARTTLS\r\n"));
  connection.say(hello({.sni = "bad.test"}));
  EXPECT_EQ(fired(judge), 1U);
}

TEST(Judge, DropOfAFlowEndsWithTheFlow) {
  Censor judge =
      one(R"("match": {"tls": {}}, "act": [{"drop": {"what": "flow", "direction": "in"}}])");
  Connection connection(judge);
  connection.open();
  EXPECT_FALSE(connection.say(hello()).gone);
  EXPECT_TRUE(connection.answer(as_bytes("server hello")).gone);
  EXPECT_FALSE(connection.say(as_bytes("more")).gone);
  connection.client.seq = 77000;
  connection.open();
  EXPECT_FALSE(connection.answer(as_bytes("x")).gone);
}

TEST(Judge, DisabledRulesForget) {
  Censor judge = one(R"("match": {"tls": {}}, "act": [{"drop": "flow"}],
                        "residual": {"tuple": 3, "for_ms": 60000, "act": [{"drop": "packet"}]})");
  Connection connection(judge);
  connection.open();
  EXPECT_TRUE(connection.say(hello()).gone);
  EXPECT_TRUE(judge.enable("r", false));
  EXPECT_FALSE(connection.say(as_bytes("more")).gone);
  EXPECT_TRUE(judge.enable("r", true));
  Connection other(judge, 40001);
  EXPECT_FALSE(other.open().gone);
  EXPECT_FALSE(judge.enable("unknown", true));
}

TEST(Judge, ResidualHoldsItsTupleForItsTime) {
  Censor judge = one(R"("match": {"tls": {"sni": "bad.test"}},
      "residual": {"tuple": 3, "for_ms": 180000, "act": [{"drop": "packet"}]})");
  Connection hit(judge);
  hit.open();
  EXPECT_FALSE(hit.say(hello({.sni = "bad.test"})).gone);
  EXPECT_TRUE(hit.say(as_bytes("x")).gone);
  EXPECT_FALSE(hit.answer(as_bytes("x")).gone);  // the client's packets only, if nothing is said
  Connection again(judge, 40001);
  EXPECT_TRUE(again.open().gone);
  Connection port(judge, 40002, 80);
  EXPECT_FALSE(port.open().gone);
  Connection later(judge, 40003);
  later.now = Time(seconds(179));
  EXPECT_TRUE(later.open().gone);
  Connection after(judge, 40004);
  after.now = Time(seconds(180));
  EXPECT_FALSE(after.open().gone);
  EXPECT_EQ(fired(judge), 1U);
}

TEST(Judge, ResidualMayBeginLateAndBeRearmed) {
  Censor judge = one(R"("match": {"tls": {"sni": "bad.test"}}, "residual": {"tuple": 2,
      "for_ms": 1000, "delay_us": 110000, "rearm": true, "act": [{"drop": "packet"}]})");
  Connection connection(judge);
  connection.open();
  connection.say(hello({.sni = "bad.test"}));
  connection.now = Time(milliseconds(100));
  EXPECT_FALSE(connection.say(as_bytes("x")).gone);
  for (int ms = 110; ms < 5000; ms += 900) {
    connection.now = Time(milliseconds(ms));
    EXPECT_TRUE(connection.say(as_bytes("x")).gone) << ms;
  }
  connection.now = Time(milliseconds(7000));
  EXPECT_FALSE(connection.say(as_bytes("x")).gone);
}

TEST(Judge, AfterAnotherRuleCountsFromThere) {
  Censor judge = made(R"({"name": "seen", "at": "w", "match": {"tls": {"sni": "bad.test"}}},
      {"name": "late", "at": "w", "match": {"after": "seen", "flow": {"packets": ">2"}},
       "act": [{"drop": "packet"}]})");
  Connection connection(judge);
  connection.open();
  connection.say(as_bytes(""));
  EXPECT_FALSE(connection.say(hello({.sni = "bad.test"})).gone);
  EXPECT_FALSE(connection.answer(as_bytes("1")).gone);
  EXPECT_FALSE(connection.answer(as_bytes("2")).gone);
  EXPECT_TRUE(connection.answer(as_bytes("3")).gone);
  Connection other(judge, 40001);
  other.open();
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(other.say(as_bytes("x")).gone);
  }
}

TEST(Judge, FreezeAtItsVolume) {
  Censor judge = one(R"("match": {"port": 443}, "act": [{"freeze": {"after": 2500}}])");
  Connection connection(judge);
  connection.open();
  const Bytes thousand(1000);
  EXPECT_FALSE(connection.answer(thousand).gone);
  EXPECT_FALSE(connection.answer(thousand).gone);
  EXPECT_TRUE(connection.answer(thousand).gone);
  EXPECT_TRUE(connection.out(connection.client.send(tcp::kAck)).gone);
}

TEST(Judge, ProbabilityIsDrawnOncePerFlow) {
  Censor judge = one(R"("match": {"probability": {"p": 0.75}}, "act": [{"drop": "packet"}])");
  int dropped = 0;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    Connection connection(judge, static_cast<std::uint16_t>(40000 + i));
    const bool gone = connection.open().gone;
    EXPECT_EQ(connection.say(as_bytes("x")).gone, gone);
    dropped += gone ? 1 : 0;
  }
  EXPECT_NEAR(dropped, 750, 50);
}

TEST(Judge, HashOfTheFlowDecidesForAllItsPackets) {
  Censor judge =
      one(R"("match": {"flow": {"hash": {"mod": 2, "is": 0}}}, "act": [{"drop": "packet"}])");
  int dropped = 0;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    Connection connection(judge, static_cast<std::uint16_t>(40000 + i));
    dropped += connection.open().gone ? 1 : 0;
  }
  EXPECT_NEAR(dropped, 500, 60);
}

TEST(Judge, WindowAndRampFollowTheClock) {
  Censor judge = one(R"("match": {"window": {"from_ms": 1000, "to_ms": 2000, "every_ms": 10000}},
                        "act": [{"drop": "packet"}])");
  Connection connection(judge);
  for (const auto& [ms, gone] : {std::pair(0, false),
                                 {1000, true},
                                 {1999, true},
                                 {2000, false},
                                 {11500, true},
                                 {12500, false}}) {
    connection.now = Time(milliseconds(ms));
    EXPECT_EQ(connection.say(as_bytes("x")).gone, gone) << ms;
  }
  Censor ramp = one(R"("match": {"ramp": {"from": 0, "to": 1, "over_ms": 10000},
      "probability": {"p": 1, "per": "packet"}}, "act": [{"drop": "packet"}])");
  Connection other(ramp);
  int early = 0;
  for (int i = 0; i < 1000; ++i) {
    other.now = Time(milliseconds(2500));
    early += other.say(as_bytes("x")).gone ? 1 : 0;
  }
  EXPECT_NEAR(early, 250, 50);
  other.now = Time(seconds(11));
  EXPECT_TRUE(other.say(as_bytes("x")).gone);
}

TEST(Judge, DnsAnswersGoRoundAndFitTheType) {
  Censor judge = one(R"("on_path": true, "match": {"dns": {"name": "bad.test"}}, "act": [{"dns":
      {"answers": [["192.0.2.1"], ["2001:db8::1"], ["192.0.2.3"]], "copies": 3, "delay_us": [1000, 3000]}}])");
  Packet asked = datagram(end("10.0.0.1", 5000), end("192.0.2.53", 53), query("bad", "test", 1));
  const Outcome outcome = judge.judge(0, Direction::out, asked, Time());
  EXPECT_FALSE(outcome.gone);
  ASSERT_EQ(outcome.forged.size(), 3U);
  std::vector<int> last;
  std::vector<milliseconds> after;
  for (const Leaving& one_of : outcome.forged) {
    last.push_back(one_of.frame.back());
    after.push_back(std::chrono::duration_cast<milliseconds>(one_of.after));
  }
  EXPECT_EQ(last, (std::vector<int>{1, 3, 1}));
  EXPECT_EQ(after, (std::vector<milliseconds>{milliseconds(1), milliseconds(3), milliseconds(3)}));
}

TEST(Judge, DnsOverTcpIsFramed) {
  Censor judge =
      one(R"("match": {"dns": {"name": "bad.test"}}, "act": [{"dns": {"rcode": "REFUSED"}}])");
  Connection connection(judge, 40000, 53);
  connection.open();
  Bytes framed;
  const Bytes message = query("bad", "test", 1);
  put16(framed, static_cast<std::uint32_t>(message.size()));
  put(framed, message);
  EXPECT_FALSE(connection.say(View(framed).first(5)).gone);
  const Outcome outcome = connection.say(View(framed).subspan(5));
  EXPECT_TRUE(outcome.gone);
  ASSERT_EQ(outcome.forged.size(), 1U);
  const Packet answer = parsed(outcome.forged[0].frame);
  EXPECT_EQ(load16(answer.payload(), 0), answer.payload().size() - 2);
  EXPECT_EQ(answer.payload()[5] & 0x0f, 5);
}

TEST(Judge, LongPageComesInSegments) {
  Censor judge = one(R"("match": {"http": {"host": "bad.test"}}, "act": [{"http": {"body": ")" +
                     std::string(3000, 'x') + R"("}}])");
  Connection connection(judge, 40000, 80);
  connection.open();
  const Outcome outcome = connection.say(as_bytes("GET / HTTP/1.1\r\nHost: bad.test\r\n\r\n"));
  ASSERT_GE(outcome.forged.size(), 4U);
  std::uint32_t expected = 5001;
  for (const Leaving& forged : outcome.forged) {
    const Packet packet = parsed(forged.frame);
    EXPECT_EQ(packet.seq, expected);
    expected += packet.seq_size();
  }
  EXPECT_TRUE(parsed(outcome.forged.back().frame).has(tcp::kFin));
}

TEST(Judge, RedirectGoesThereAndComesBackAsThen) {
  Censor judge = one(
      R"("match": {"port": 53}, "act": [{"redirect": {"to": ["10.9.9.9", "fd09::9"], "port": 5353}}])");
  for (const auto& [client, server, target] :
       {std::tuple(end("10.0.0.1", 5000), end("192.0.2.53", 53), end("10.9.9.9", 5353)),
        std::tuple(end("fd00::1", 5000), end("2001:db8::53", 53), end("fd09::9", 5353))}) {
    Packet asked = datagram(client, server, query("a", "b", 1));
    judge.judge(0, Direction::out, asked, Time());
    EXPECT_EQ(parsed(asked.frame).destination, target);
    EXPECT_EQ(asked.frame, datagram(client, target, query("a", "b", 1)).frame);  // checksums too
    Packet answer = datagram(target, client, as_bytes("answer"));
    judge.judge(0, Direction::in, answer, Time());
    EXPECT_EQ(answer.frame, datagram(server, client, as_bytes("answer")).frame);
  }
}

TEST(Judge, StripsOnlyWhatTheServerSays) {
  Censor judge = one(R"("match": {"port": 25}, "act": [{"strip": "starttls"}])");
  Connection connection(judge, 40000, 25);
  connection.open();
  Packet offer = connection.server.say(as_bytes("250-STARTTLS\r\n250 X\r\n"));
  judge.judge(0, Direction::in, offer, Time());
  EXPECT_EQ(as_text(parsed(offer.frame).payload()), "250-XXXXXXXX\r\n250 X\r\n");
  Packet wish = connection.client.say(as_bytes("STARTTLS\r\n"));
  judge.judge(0, Direction::out, wish, Time());
  EXPECT_EQ(as_text(wish.payload()), "STARTTLS\r\n");
}

TEST(Judge, PassEndsTheChain) {
  Censor judge = made(
      R"({"name": "good", "at": "w", "match": {"dst": "192.0.2.0/24"}, "act": [{"pass": true}]},
      {"name": "all", "at": "w", "match": {"direction": "out"}, "act": [{"drop": "packet"}]})");
  Connection connection(judge);
  EXPECT_FALSE(connection.open().gone);
  connection.client.to = end("198.51.100.1", 443);
  EXPECT_TRUE(connection.open().gone);
  EXPECT_EQ(fired(judge, "all"), 1U);
}

TEST(Judge, ProtocolAllowlistByShape) {
  Censor judge =
      one(R"("match": {"proto": "tcp", "looks_not": ["tls", "http", "dns"], "flow": {"nth": "<=2"}},
                        "act": [{"drop": "flow"}])");
  Connection shaped(judge);
  shaped.open();
  EXPECT_FALSE(shaped.say(hello()).gone);
  Connection raw(judge, 40001);
  EXPECT_FALSE(raw.open().gone);
  EXPECT_TRUE(raw.say(as_bytes("SSH-2.0-x\r\n")).gone);
}

TEST(Judge, IdleFlowsAreNoticed) {
  Censor judge = one(R"("match": {"flow": {"idle_ms": ">60000"}}, "act": [{"drop": "packet"}])");
  Connection connection(judge);
  connection.open();
  connection.now = Time(seconds(60));
  EXPECT_FALSE(connection.say(as_bytes("x")).gone);
  connection.now = Time(seconds(121));
  EXPECT_TRUE(connection.say(as_bytes("x")).gone);
}

}  // namespace
}  // namespace censor::test
