#include "tests/lab/censor/checksum.hpp"

namespace censor {
namespace {

std::uint64_t sum(View data) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
    total += load16(data, i);
  }
  if (data.size() % 2 != 0) {
    total += std::uint64_t{data.back()} << 8;
  }
  return total;
}

std::uint16_t fold(std::uint64_t total) {
  while (total > 0xffff) {
    total = (total >> 16) + (total & 0xffff);
  }
  return static_cast<std::uint16_t>(~total);
}

}  // namespace

std::uint16_t internet_checksum(View data) {
  return fold(sum(data));
}

std::uint16_t transport_checksum(const Address& source, const Address& destination,
                                 std::uint8_t protocol, View data) {
  return fold(sum(source.view()) + sum(destination.view()) + protocol + data.size() + sum(data));
}

void mend_checksums(Packet& packet) {
  const std::span<std::uint8_t> frame(packet.frame);
  const bool v4 = packet.family() == 4;
  bool whole = !packet.fragment;
  if (v4) {
    const auto header = frame.subspan(kEthernetSize, (frame[kEthernetSize] & 0x0fU) * 4U);
    store16(header, 10, 0);
    store16(header, 10, internet_checksum(header));
    whole = whole && (header[6] & 0x20) == 0;
  }
  if (!whole || packet.protocol == Protocol::other) {
    return;
  }
  const auto data = frame.subspan(packet.transport, packet.end - packet.transport);
  const Address& source = packet.source.address;
  const Address& destination = packet.destination.address;
  if (packet.protocol == Protocol::tcp) {
    store16(data, 16, 0);
    store16(data, 16, transport_checksum(source, destination, 6, data));
  } else if (packet.protocol == Protocol::udp) {
    store16(data, 6, 0);
    const std::uint16_t checksum = transport_checksum(source, destination, 17, data);
    store16(data, 6, checksum == 0 ? 0xffffU : checksum);
  } else {
    store16(data, 2, 0);
    store16(data, 2,
            v4 ? internet_checksum(data) : transport_checksum(source, destination, 58, data));
  }
}

}  // namespace censor
