#include "tests/lab/censor/packet.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/lab/censor/checksum.hpp"
#include "tests/lab/censor/test/frames.hpp"

namespace censor::test {
namespace {

// Of the whole with its checksum in it, the ones' complement sum must be all ones; written here
// once more and otherwise, so that it does not agree with the code by being the code.
bool sums_up(View data, std::uint32_t begin) {
  std::uint32_t total = begin;
  for (std::size_t i = 0; i < data.size(); ++i) {
    total += i % 2 == 0 ? std::uint32_t{data[i]} << 8 : data[i];
    total = (total & 0xffff) + (total >> 16);
  }
  return total == 0xffff;
}

bool transport_sums_up(const Packet& packet, std::uint32_t protocol) {
  const View data = View(packet.frame).first(packet.end).subspan(packet.transport);
  Bytes pseudo;
  put(pseudo, packet.source.address.view());
  put(pseudo, packet.destination.address.view());
  put32(pseudo, static_cast<std::uint32_t>(data.size()));
  put32(pseudo, protocol);
  put(pseudo, data);
  return sums_up(pseudo, 0);
}

TEST(Checksum, OfAKnownHeader) {
  const Bytes header{0x45, 0, 0,    0x73, 0, 0, 0x40, 0,    0x40, 0x11,
                     0,    0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,    0xc7};
  EXPECT_EQ(internet_checksum(header), 0xb861);
}

TEST(Checksum, OfForgedPacketsIsRight) {
  for (const auto& [from, to] : {std::pair(end("10.0.0.1", 1), end("192.0.2.1", 443)),
                                 std::pair(end("fd00::1", 1), end("2001:db8::7", 443))}) {
    for (const std::string_view text : {"", "odd", "even"}) {
      const Packet tcp = parsed(
          forge_tcp(nobody(), Way::along, {from, to, 7, 8, tcp::kAck, 9}, as_bytes(text), {}));
      EXPECT_TRUE(transport_sums_up(tcp, 6)) << text;
      const Packet udp = datagram(from, to, as_bytes(text));
      EXPECT_TRUE(transport_sums_up(udp, 17)) << text;
      const Packet icmp = parsed(forge_icmp(tcp, Unreachable::admin, to.address, 0, IpLook{}));
      if (from.address.family == 6) {
        EXPECT_TRUE(transport_sums_up(icmp, 58)) << text;
      } else {
        EXPECT_TRUE(sums_up(View(icmp.frame).subspan(icmp.transport), 0)) << text;
        EXPECT_TRUE(sums_up(View(icmp.frame).subspan(kEthernetSize, 20), 0)) << text;
      }
    }
  }
}

TEST(Packet, SaysWhatTcpSays) {
  TcpSide client;
  const Packet packet = client.say(as_bytes("hello"));
  EXPECT_EQ(packet.protocol, Protocol::tcp);
  EXPECT_EQ(packet.source, client.from);
  EXPECT_EQ(packet.destination, client.to);
  EXPECT_EQ(packet.seq, 1000U);
  EXPECT_EQ(packet.ack, 5000U);
  EXPECT_EQ(as_text(packet.payload()), "hello");
  EXPECT_EQ(packet.size(), 45U);
  EXPECT_FALSE(packet.timestamps);
}

TEST(Packet, PaddingOfTheFrameIsNoPayload) {
  Bytes frame = TcpSide{}.send(tcp::kAck).frame;
  frame.resize(60);
  EXPECT_TRUE(parsed(frame).payload().empty());
}

TEST(Packet, SeesTimestamps) {
  Bytes frame = TcpSide{}.send(tcp::kAck).frame;
  const Bytes options{1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
  put(frame, options);
  store16(frame, kEthernetSize + 2, 52);
  frame[kEthernetSize + 20 + 12] = 8 << 4;
  const Packet packet = parsed(frame);
  EXPECT_TRUE(packet.timestamps);
  EXPECT_EQ(packet.payload_begins - packet.transport, 32U);
}

TEST(Packet, LooksBehindExtensionHeaders) {
  const Packet plain = datagram(end("fd00::1", 5000), end("2001:db8::1", 53), as_bytes("query"));
  Bytes frame = plain.frame;
  const Bytes options{17, 0, 1, 4, 0, 0, 0, 0};
  frame.insert(frame.begin() + 54, options.begin(), options.end());
  frame[14 + 6] = 60;
  store16(frame, 14 + 4, static_cast<std::uint32_t>(frame.size() - 54));
  const Packet packet = parsed(frame);
  EXPECT_EQ(packet.protocol, Protocol::udp);
  EXPECT_EQ(as_text(packet.payload()), "query");
}

TEST(Packet, LaterFragmentHasNoPorts) {
  Bytes frame = datagram(end("10.0.0.1", 5000), end("192.0.2.1", 53), as_bytes("query")).frame;
  store16(frame, kEthernetSize + 6, 10);
  const Packet packet = parsed(frame);
  EXPECT_TRUE(packet.fragment);
  EXPECT_EQ(packet.destination.port, 0);
  EXPECT_TRUE(packet.payload().empty());
}

TEST(Packet, LeavesNeighbourDiscoveryAndArpAlone) {
  const Endpoint here = end("fd00::1", 0);
  const Packet cause = datagram(here, end("fd00::2", 9), as_bytes("x"));
  Bytes solicitation = forge_icmp(cause, Unreachable::admin, here.address, 0, {});
  solicitation[54] = 135;
  EXPECT_FALSE(parse_packet(Bytes(solicitation)).has_value());
  Bytes arp(42);
  arp[12] = 8;
  arp[13] = 6;
  Bytes kept = arp;
  EXPECT_FALSE(parse_packet(std::move(kept)).has_value());
  EXPECT_EQ(kept, arp);  // the caller has the frame still
}

TEST(Packet, AnyCutAndAnyFlippedByteIsSafe) {
  std::mt19937 random(7);
  const std::vector<Bytes> good{
      TcpSide{}.say(hello()).frame,
      datagram(end("fd00::1", 5000), end("2001:db8::1", 53), query("a", "b", 1)).frame};
  std::size_t still_packets = 0;
  for (const Bytes& frame : good) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_FALSE(parse_packet(Bytes(frame.begin(), frame.begin() + static_cast<long>(size))));
    }
    for (int i = 0; i < 20000; ++i) {
      Bytes broken = frame;
      for (int flips = 0; flips < 3; ++flips) {
        broken[12 + random() % 70] = static_cast<std::uint8_t>(random());
      }
      if (auto packet = parse_packet(std::move(broken))) {
        ++still_packets;
        EXPECT_LE(packet->payload_begins, packet->end);
        EXPECT_LE(packet->end, packet->frame.size());
        mend_checksums(*packet);
      }
    }
  }
  EXPECT_GT(still_packets, 1000U);
}

}  // namespace
}  // namespace censor::test
