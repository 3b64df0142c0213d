#include "tests/lab/censor/redirect.hpp"

#include <algorithm>

#include "tests/lab/censor/checksum.hpp"

namespace censor {
namespace {

// Address and, where there are ports, port of one end, in the header and beside it.
void write_end(Packet& packet, bool source, const Endpoint& end) {
  Endpoint& kept = source ? packet.source : packet.destination;
  const bool v4 = packet.family() == 4;
  const std::size_t offset = kEthernetSize + (v4 ? (source ? 12U : 16U) : (source ? 8U : 24U));
  std::copy_n(end.address.bytes.begin(), end.address.size(),
              packet.frame.begin() + static_cast<std::ptrdiff_t>(offset));
  kept.address = end.address;
  if (packet.protocol == Protocol::tcp || packet.protocol == Protocol::udp) {
    store16(packet.frame, packet.transport + (source ? 0U : 2U), end.port);
    kept.port = end.port;
  }
  mend_checksums(packet);
}

Tuple original_key(std::size_t wire, Protocol protocol, const Endpoint& client,
                   const Endpoint& target) {
  Tuple key{wire, protocol, client, target};
  if (protocol != Protocol::tcp && protocol != Protocol::udp) {
    key.server.port = 0;  // an echo's identifier is the client's
  }
  return key;
}

}  // namespace

void Redirections::divert(std::size_t wire, Packet& packet, const Endpoint& target) {
  if (target.address.family != packet.source.address.family || target == packet.destination) {
    return;
  }
  originals_.put(original_key(wire, packet.protocol, packet.source, target), packet.destination);
  write_end(packet, false, target);
}

void Redirections::restore(std::size_t wire, Packet& packet) {
  if (const Endpoint* original =
          originals_.find(original_key(wire, packet.protocol, packet.destination, packet.source))) {
    write_end(packet, true, *original);
  }
}

}  // namespace censor
