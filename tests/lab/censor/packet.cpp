#include "tests/lab/censor/packet.hpp"

#include <utility>

namespace censor {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;

struct Below {
  std::uint8_t number = 255;  // IP protocol
  std::size_t begins = 0;
};

std::optional<Below> read_ipv4(Packet& packet) {
  Reader in(View(packet.frame).subspan(kEthernetSize));
  const std::uint8_t version = in.u8();
  in.u8();
  const std::size_t total = in.u16();
  in.u16();
  const std::uint16_t fragment = in.u16();
  in.u8();
  const std::uint8_t number = in.u8();
  in.u16();
  const View source = in.take(4);
  const View destination = in.take(4);
  const std::size_t header = (version & 0x0f) * std::size_t{4};
  if (!in.ok() || version >> 4 != 4 || header < 20 || total < header ||
      total > packet.frame.size() - kEthernetSize || destination[0] >= 224) {
    return std::nullopt;
  }
  packet.source.address = address_of(source);
  packet.destination.address = address_of(destination);
  packet.fragment = (fragment & 0x1fff) != 0;
  packet.end = kEthernetSize + total;
  return Below{number, kEthernetSize + header};
}

bool link_local_or_multicast(View address) {
  return address[0] == 0xff || (address[0] == 0xfe && (address[1] & 0xc0) == 0x80);
}

std::optional<Below> read_ipv6(Packet& packet) {
  Reader in(View(packet.frame).subspan(kEthernetSize));
  const std::uint32_t first = in.u32();
  const std::size_t size = in.u16();
  std::uint8_t next = in.u8();
  in.u8();
  const View source = in.take(16);
  const View destination = in.take(16);
  if (!in.ok() || first >> 28 != 6 || size == 0 || size > in.left() ||
      link_local_or_multicast(source) || link_local_or_multicast(destination)) {
    return std::nullopt;
  }
  packet.source.address = address_of(source);
  packet.destination.address = address_of(destination);
  packet.end = kEthernetSize + 40 + size;
  std::size_t begins = kEthernetSize + 40;
  // Hop-by-hop, routing, fragment, destination options: at most as many as anyone sends.
  for (int i = 0; i < 6 && (next == 0 || next == 43 || next == 44 || next == 60); ++i) {
    Reader extension(View(packet.frame).first(packet.end).subspan(begins));
    const std::uint8_t after = extension.u8();
    const std::uint8_t length = extension.u8();
    const std::uint16_t offset = extension.u16();
    const std::size_t bytes = next == 44 ? 8 : (length + std::size_t{1}) * 8;
    if (!extension.ok() || bytes > packet.end - begins) {
      return std::nullopt;
    }
    packet.fragment = packet.fragment || (next == 44 && (offset & 0xfff8) != 0);
    next = after;
    begins += bytes;
  }
  return Below{next, begins};
}

bool has_timestamps(View options) {
  Reader in(options);
  while (in.left() > 0) {
    const std::uint8_t kind = in.u8();
    if (kind == 0) {
      return false;
    }
    if (kind == 1) {
      continue;
    }
    const std::uint8_t length = in.u8();
    if (!in.ok() || length < 2) {
      return false;
    }
    in.take(length - std::size_t{2});
    if (kind == 8) {
      return in.ok();
    }
  }
  return false;
}

bool read_tcp(Packet& packet, Reader in) {
  packet.source.port = in.u16();
  packet.destination.port = in.u16();
  packet.seq = in.u32();
  packet.ack = in.u32();
  const std::size_t header = (in.u8() >> 4) * std::size_t{4};
  packet.flags = in.u8();
  in.take(6);
  if (!in.ok() || header < 20 || header > packet.end - packet.transport) {
    return false;
  }
  packet.protocol = Protocol::tcp;
  packet.timestamps = has_timestamps(in.take(header - 20));
  packet.payload_begins = packet.transport + header;
  return true;
}

bool read_udp(Packet& packet, Reader in) {
  packet.source.port = in.u16();
  packet.destination.port = in.u16();
  in.u32();
  if (!in.ok()) {
    return false;
  }
  packet.protocol = Protocol::udp;
  packet.payload_begins = packet.transport + 8;
  return true;
}

bool is_discovery(std::uint8_t type) {
  return type >= 130 && type <= 137;
}

bool read_icmp(Packet& packet, Reader in) {
  const std::uint8_t type = in.u8();
  in.u8();
  in.u16();
  const std::uint16_t identifier = in.u16();
  in.u16();
  const bool v6 = packet.family() == 6;
  if (!in.ok() || (v6 && is_discovery(type))) {
    return false;
  }
  packet.protocol = Protocol::icmp;
  packet.payload_begins = packet.transport + 8;
  if (v6 ? type == 128 || type == 129 : type == 0 || type == 8) {
    packet.source.port = packet.destination.port = identifier;
  }
  return true;
}

}  // namespace

std::uint32_t Packet::seq_size() const {
  return static_cast<std::uint32_t>(end - payload_begins) + (has(tcp::kSyn) ? 1U : 0U) +
         (has(tcp::kFin) ? 1U : 0U);
}

std::optional<Packet> parse_packet(Bytes&& frame) {
  if (frame.size() < kEthernetSize) {
    return std::nullopt;
  }
  Packet packet;
  packet.frame = std::move(frame);
  const std::uint16_t type = load16(packet.frame, 12);
  std::optional<Below> below;
  if (type == kIpv4) {
    below = read_ipv4(packet);
  } else if (type == kIpv6) {
    below = read_ipv6(packet);
  }
  bool good = below.has_value();
  if (good) {
    packet.transport = below->begins;
    packet.payload_begins = packet.end;
    const Reader in(View(packet.frame).first(packet.end).subspan(packet.transport));
    const bool v6 = packet.family() == 6;
    if (packet.fragment) {
      good = true;
    } else if (below->number == 6) {
      good = read_tcp(packet, in);
    } else if (below->number == 17) {
      good = read_udp(packet, in);
    } else if (below->number == (v6 ? 58 : 1)) {
      good = read_icmp(packet, in);
    }
  }
  if (!good) {
    frame = std::move(packet.frame);
    return std::nullopt;
  }
  return packet;
}

}  // namespace censor
