// Builds packets that nobody sent: whole frames with right lengths and checksums.
#pragma once

#include <cstdint>
#include <optional>

#include "tests/lab/censor/packet.hpp"

namespace censor {

// How the IP header gives its forger away.
struct IpLook {
  std::uint8_t ttl = 64;
  std::uint16_t id = 0;  // IPv4 only
  bool dont_fragment = false;
};

// Which way a forged packet goes, seen from the packet that provoked it.
enum class Way : std::uint8_t { along, back };

struct Segment {
  Endpoint source;
  Endpoint destination;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
};

// The Ethernet addresses are taken from `cause`.
Bytes forge_tcp(const Packet& cause, Way way, const Segment& segment, View payload,
                const IpLook& look);
Bytes forge_udp(const Packet& cause, Way way, const Endpoint& source, const Endpoint& destination,
                View payload, const IpLook& look);

enum class Unreachable : std::uint8_t { admin, host, net, port, too_big };

// An ICMP error about `cause`, to its sender, with as much of it as the standards allow. `from`
// must be of its family. `mtu` is of too_big.
Bytes forge_icmp(const Packet& cause, Unreachable code, const Address& from, std::uint16_t mtu,
                 const IpLook& look);

}  // namespace censor
