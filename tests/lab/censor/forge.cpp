#include "tests/lab/censor/forge.hpp"

#include <algorithm>
#include <utility>

#include "tests/lab/censor/checksum.hpp"

namespace censor {
namespace {

// Ethernet and IP for `size` bytes that will follow.
Bytes begin_frame(const Packet& cause, Way way, const Address& source, const Address& destination,
                  std::uint8_t protocol, std::size_t size, const IpLook& look) {
  Bytes frame;
  const View macs(cause.frame);
  put(frame, macs.subspan(way == Way::along ? 0 : 6, 6));
  put(frame, macs.subspan(way == Way::along ? 6 : 0, 6));
  const auto length = static_cast<std::uint32_t>(size);
  if (source.family == 4) {
    put16(frame, 0x0800);
    put16(frame, 0x4500);
    put16(frame, 20 + length);
    put16(frame, look.id);
    put16(frame, look.dont_fragment ? 0x4000 : 0);
    put8(frame, look.ttl);
    put8(frame, protocol);
    put16(frame, 0);
  } else {
    put16(frame, 0x86dd);
    put32(frame, 0x60000000);
    put16(frame, length);
    put8(frame, protocol);
    put8(frame, look.ttl);
  }
  put(frame, source.view());
  put(frame, destination.view());
  return frame;
}

// What was built above is well formed, so it parses.
Bytes finish(Bytes frame) {
  auto packet = parse_packet(std::move(frame));
  if (!packet) {
    return frame;
  }
  mend_checksums(*packet);
  return std::move(packet->frame);
}

struct IcmpCode {
  std::uint8_t type;
  std::uint8_t code;
};

IcmpCode icmp_code(Unreachable code, bool v4) {
  switch (code) {
    case Unreachable::admin:
      return v4 ? IcmpCode{3, 13} : IcmpCode{1, 1};
    case Unreachable::host:
      return v4 ? IcmpCode{3, 1} : IcmpCode{1, 3};
    case Unreachable::net:
      return v4 ? IcmpCode{3, 0} : IcmpCode{1, 0};
    case Unreachable::port:
      return v4 ? IcmpCode{3, 3} : IcmpCode{1, 4};
    case Unreachable::too_big:
      return v4 ? IcmpCode{3, 4} : IcmpCode{2, 0};
  }
  return {3, 13};
}

}  // namespace

Bytes forge_tcp(const Packet& cause, Way way, const Segment& segment, View payload,
                const IpLook& look) {
  Bytes frame = begin_frame(cause, way, segment.source.address, segment.destination.address, 6,
                            20 + payload.size(), look);
  put16(frame, segment.source.port);
  put16(frame, segment.destination.port);
  put32(frame, segment.seq);
  put32(frame, segment.ack);
  put8(frame, 5 << 4);
  put8(frame, segment.flags);
  put16(frame, segment.window);
  put32(frame, 0);
  put(frame, payload);
  return finish(std::move(frame));
}

Bytes forge_udp(const Packet& cause, Way way, const Endpoint& source, const Endpoint& destination,
                View payload, const IpLook& look) {
  Bytes frame =
      begin_frame(cause, way, source.address, destination.address, 17, 8 + payload.size(), look);
  put16(frame, source.port);
  put16(frame, destination.port);
  put16(frame, static_cast<std::uint32_t>(8 + payload.size()));
  put16(frame, 0);
  put(frame, payload);
  return finish(std::move(frame));
}

Bytes forge_icmp(const Packet& cause, Unreachable code, const Address& from, std::uint16_t mtu,
                 const IpLook& look) {
  const bool v4 = cause.family() == 4;
  // RFC 1812: no more than 576 bytes in all; RFC 4443: the least MTU, 1280.
  const std::size_t quoted = std::min<std::size_t>(cause.size(), v4 ? 576 - 28 : 1280 - 48);
  Bytes frame =
      begin_frame(cause, Way::back, from, cause.source.address, v4 ? 1 : 58, 8 + quoted, look);
  const IcmpCode number = icmp_code(code, v4);
  put8(frame, number.type);
  put8(frame, number.code);
  put16(frame, 0);
  // IPv4 has the MTU in the lower half, IPv6 in all of the word.
  put32(frame, code == Unreachable::too_big ? mtu : 0);
  put(frame, View(cause.frame).subspan(kEthernetSize, quoted));
  return finish(std::move(frame));
}

}  // namespace censor
