// What an Ethernet frame says, down to TCP, UDP and ICMP. All offsets lie within the frame: whoever
// uses them needs no further check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "tests/lab/censor/address.hpp"
#include "tests/lab/censor/bytes.hpp"

namespace censor {

enum class Protocol : std::uint8_t { other, tcp, udp, icmp };

namespace tcp {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
}  // namespace tcp

inline constexpr std::size_t kEthernetSize = 14;

struct Packet {
  Bytes frame;
  Protocol protocol = Protocol::other;
  Endpoint source;  // ports are 0 where there are none; of an ICMP echo both are its identifier
  Endpoint destination;
  bool fragment = false;           // a later one: no ports, no payload of its own
  std::size_t transport = 0;       // where TCP, UDP or ICMP begins
  std::size_t payload_begins = 0;  // = end if there is none
  std::size_t end = 0;             // behind the IP packet: padding of the frame is not part of it

  // TCP only
  std::uint8_t flags = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  bool timestamps = false;

  int family() const { return source.address.family; }
  View payload() const { return View(frame).subspan(payload_begins, end - payload_begins); }
  std::size_t size() const { return end - kEthernetSize; }
  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  // What it takes of TCP's sequence space.
  std::uint32_t seq_size() const;
};

// Nothing for what the censor leaves alone: not IP, malformed, link-local, multicast, neighbour
// discovery. The frame is only moved from if there is a packet.
std::optional<Packet> parse_packet(Bytes&& frame);

}  // namespace censor
