// Whatever comes over the wire, the censor lives, and what it sends is well formed.
#include <gtest/gtest.h>

#include <random>

#include <boost/json/parse.hpp>

#include "tests/lab/censor/censor.hpp"
#include "tests/lab/censor/test/frames.hpp"

namespace censor::test {
namespace {

constexpr const char* kEverything = R"({"rules": [
  {"name": "tls", "at": "w", "on_path": true, "match": {"tls": {"sni": "*", "alpn": "*"}},
   "act": [{"reset": {"payload": "0102"}}, {"alert": {}}, {"duplicate": {}}, {"fin": {}}],
   "residual": {"tuple": 2, "for_ms": 5, "rearm": true, "act": [{"icmp": {"code": "too_big"}}]}},
  {"name": "http", "at": "w", "on_path": true, "match": {"http": {"keyword": "a"}}, "act": [{"http": {"body": "b"}}]},
  {"name": "dns", "at": "w", "on_path": true, "match": {"dns": {}},
   "act": [{"dns": {"answers": [["192.0.2.1", "2001:db8::1"]], "any_type": true}}]},
  {"name": "all", "at": "w", "on_path": true, "act": [{"icmp": {}}],
   "match": {"flow": {"hash": {"mod": 3, "is": 1}}, "looks_not": ["tls", "http", "dns", "ssh", "smtp", "quic"]}},
  {"name": "rest", "at": "w", "match": {"payload": {"contains": "e"}},
   "act": [{"rewrite": {"from": "e", "to": "f"}}, {"throttle": {"rate_bps": 1000000}}, {"freeze": {"after": 9000}},
           {"redirect": {"to": ["192.0.2.9", "2001:db8::9"]}}, {"loss": 0.01}]}]})";

std::vector<Bytes> good_frames() {
  TcpSide client;
  TcpSide web;
  web.to.port = 80;
  TcpSide names;
  names.to.port = 53;
  Bytes framed;
  const Bytes message = query("name", "test", 28);
  put16(framed, static_cast<std::uint32_t>(message.size()));
  put(framed, message);
  return {client.send(tcp::kSyn).frame,
          client.say(hello({.padding = 300})).frame,
          client.send(tcp::kFin | tcp::kAck).frame,
          web.say(as_bytes("GET /abc HTTP/1.1\r\nHost: name.test\r\n\r\n")).frame,
          names.say(framed).frame,
          datagram(end("10.0.0.1", 5000), end("192.0.2.53", 53), message).frame,
          datagram(end("fd00::1", 5000), end("2001:db8::53", 53), message).frame};
}

TEST(Garbage, NeitherKillsTheJudgeNorComesFromIt) {
  const boost::json::value value = boost::json::parse(kEverything);
  Fields file(value, "");
  Censor judge(read_rules(file, {Path{"w", "a", "b", {}}}), 1, Time());
  const std::vector<Bytes> good = good_frames();
  std::mt19937 random(11);
  std::size_t judged = 0;
  std::size_t forged = 0;
  for (int i = 0; i < 60000; ++i) {
    Bytes frame = good[random() % good.size()];
    // Behind the version, so that most of it is still some packet.
    for (unsigned flips = random() % 4; flips > 0; --flips) {
      frame[15 + random() % (frame.size() - 15)] = static_cast<std::uint8_t>(random());
    }
    auto packet = parse_packet(std::move(frame));
    if (!packet) {
      continue;
    }
    ++judged;
    const auto way = random() % 2 == 0 ? Direction::out : Direction::in;
    const Outcome outcome = judge.judge(0, way, *packet, Time(std::chrono::milliseconds(i)));
    ASSERT_LE(packet->end, packet->frame.size());
    for (const Leaving& leaving : outcome.forged) {
      ++forged;
      // A forgery names the addresses of its cause, and those may be a multicast group after a
      // flip.
      Bytes copy = leaving.frame;
      if (const auto sent = parse_packet(std::move(copy))) {
        ASSERT_EQ(sent->end, sent->frame.size());
      }
    }
  }
  EXPECT_GT(judged, 20000U);
  EXPECT_GT(forged, 5000U);
}

}  // namespace
}  // namespace censor::test
