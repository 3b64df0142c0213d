// What a packet brings, in its flow, that censors look for.
#pragma once

#include <optional>
#include <vector>

#include "tests/lab/censor/client_hello.hpp"
#include "tests/lab/censor/dns.hpp"
#include "tests/lab/censor/flow.hpp"
#include "tests/lab/censor/http.hpp"
#include "tests/lab/censor/packet.hpp"

namespace censor {

struct Facts {
  std::vector<Query> queries;
  // With the segments put in order: at the packet that completes it or repeats its last byte.
  std::optional<ClientHello> hello;
  std::optional<RequestHead> request;
  // Of this packet alone, perhaps cut off.
  std::optional<ClientHello> hello_here;
  std::optional<RequestHead> request_here;
};

// Adds the packet to its flow's stream.
Facts learn(const Packet& packet, Flow& flow, bool from_client);

enum class Look : std::uint8_t { tls, http, dns, ssh, smtp, quic };

// Whether the packet's payload begins like that protocol.
bool looks_like(Look look, const Packet& packet);

}  // namespace censor
