// The Internet checksum (RFC 1071), and putting it right in a packet after an edit.
#pragma once

#include "tests/lab/censor/packet.hpp"

namespace censor {

// Over `data` and a pseudo header of these addresses, this protocol number and data's size.
std::uint16_t transport_checksum(const Address& source, const Address& destination,
                                 std::uint8_t protocol, View data);
std::uint16_t internet_checksum(View data);

// IPv4's header checksum and TCP's, UDP's or ICMP's. What is no whole datagram keeps the latter.
void mend_checksums(Packet& packet);

}  // namespace censor
