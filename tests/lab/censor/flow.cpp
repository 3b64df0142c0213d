#include "tests/lab/censor/flow.hpp"

#include <utility>

namespace censor {
namespace {

constexpr Time::duration kTcpIdle = std::chrono::hours(1);
constexpr Time::duration kOtherIdle = std::chrono::seconds(60);

// The same for both directions; which end is called the client has no meaning here.
Tuple table_key(std::size_t wire, const Packet& packet) {
  Tuple key{wire, packet.protocol, packet.source, packet.destination};
  if (key.server < key.client) {
    std::swap(key.client, key.server);
  }
  return key;
}

bool begins_as_server(const Packet& packet) {
  if (packet.protocol != Protocol::tcp) {
    return false;
  }
  if (packet.has(tcp::kSyn)) {
    return packet.has(tcp::kAck);
  }
  return packet.source.port < packet.destination.port;
}

}  // namespace

std::uint64_t hash_tuple(const Tuple& tuple) {
  std::uint64_t hash = hash_number(tuple.wire * 256 + static_cast<std::uint64_t>(tuple.protocol));
  for (const Endpoint* end : {&tuple.client, &tuple.server}) {
    hash = hash_number(end->port, hash_bytes(end->address.view(), hash));
  }
  return mix(hash);
}

Counts operator-(const Counts& all, const Counts& before) {
  return {all.packets - before.packets, all.segments - before.segments, all.up - before.up,
          all.down - before.down};
}

Passage FlowTable::pass(std::size_t wire, const Packet& packet, Time now) {
  const Tuple key = table_key(wire, packet);
  const bool tcp = packet.protocol == Protocol::tcp;
  const bool opens = tcp && packet.has(tcp::kSyn) && !packet.has(tcp::kAck);
  Flow* flow = flows_.find(key);
  const bool first = flow == nullptr || (opens && flow->syn != packet.seq) ||
                     now - flow->last > (tcp ? kTcpIdle : kOtherIdle);
  if (first) {
    Flow fresh;
    fresh.tuple = {wire, packet.protocol, packet.source, packet.destination};
    if (begins_as_server(packet)) {
      std::swap(fresh.tuple.client, fresh.tuple.server);
    }
    fresh.number = ++next_;
    fresh.last = now;
    flow = &flows_.put(key, std::move(fresh));
  }
  Passage passage{flow, packet.source == flow->tuple.client, first, now - flow->last};
  if (opens) {
    flow->syn = packet.seq;
    flow->from_client.begin_at(packet.seq + 1);
  }
  flow->last = now;
  const std::size_t payload = packet.payload().size();
  ++flow->counts.packets;
  flow->counts.segments += payload > 0 ? 1 : 0;
  (passage.from_client ? flow->counts.up : flow->counts.down) += payload;
  return passage;
}

}  // namespace censor
