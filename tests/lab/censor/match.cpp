#include "tests/lab/censor/match.hpp"

#include <algorithm>

namespace censor {
namespace {

template <typename T, typename Value>
bool holds_if_asked(const std::optional<T>& asked, const Value& value) {
  return !asked || *asked == value;
}

bool in_range(const std::optional<Range>& range, std::uint64_t number) {
  return !range || range->holds(number);
}

bool in_prefixes(const std::vector<Prefix>& prefixes, const Address& address) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const Prefix& prefix) { return prefix.holds(address); });
}

bool is_kind(TcpKind kind, const Packet& packet) {
  switch (kind) {
    case TcpKind::syn:
      return packet.has(tcp::kSyn) && !packet.has(tcp::kAck);
    case TcpKind::synack:
      return packet.has(tcp::kSyn) && packet.has(tcp::kAck);
    case TcpKind::data:
      return !packet.payload().empty();
    case TcpKind::rst:
      return packet.has(tcp::kRst);
    case TcpKind::fin:
      return packet.has(tcp::kFin);
  }
  return false;
}

bool holds_addresses(const Match& match, const Seen& seen) {
  const Packet& packet = seen.packet;
  const Address& source = packet.source.address;
  const Address& destination = packet.destination.address;
  return holds_if_asked(match.family, packet.family()) &&
         holds_if_asked(match.direction, seen.direction) &&
         holds_if_asked(match.from_client, seen.passage.from_client) &&
         (!match.source || in_prefixes(*match.source, source)) &&
         (!match.destination || in_prefixes(*match.destination, destination)) &&
         (!match.host || in_prefixes(*match.host, source) || in_prefixes(*match.host, destination));
}

bool holds_transport(const Match& match, const Seen& seen) {
  const Packet& packet = seen.packet;
  const Tuple& tuple = seen.passage.flow->tuple;
  const bool tcp = packet.protocol == Protocol::tcp;
  return holds_if_asked(match.protocol, packet.protocol) &&
         (!match.server_port || hold(*match.server_port, tuple.server.port)) &&
         (!match.client_port || hold(*match.client_port, tuple.client.port)) &&
         (!match.client_port_above || tuple.client.port >= tuple.server.port) &&
         (match.flags.empty() ||
          (tcp && std::any_of(match.flags.begin(), match.flags.end(),
                              [&](TcpKind kind) { return is_kind(kind, packet); }))) &&
         (!match.timestamps || (tcp && *match.timestamps == packet.timestamps)) &&
         (!match.tcp_header ||
          (tcp && match.tcp_header->holds(packet.payload_begins - packet.transport))) &&
         in_range(match.length, packet.payload().size()) && in_range(match.size, packet.size());
}

bool holds_payload(const Match& match, const Seen& seen) {
  const auto like = [&](Look look) { return looks_like(look, seen.packet); };
  const Facts& facts = seen.facts;
  return (!match.dns || std::any_of(facts.queries.begin(), facts.queries.end(),
                                    [&](const Query& query) { return match.dns->holds(query); })) &&
         (!match.tls || match.tls->holds(facts)) && (!match.http || match.http->holds(facts)) &&
         (!match.payload || match.payload->holds(seen.packet.payload())) &&
         (match.looks.empty() || std::any_of(match.looks.begin(), match.looks.end(), like)) &&
         (match.looks_not.empty() ||
          (!seen.packet.payload().empty() &&
           std::none_of(match.looks_not.begin(), match.looks_not.end(), like)));
}

bool holds_flow(const FlowMatch& match, const Seen& seen, const Counts& counts) {
  const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(seen.passage.idle);
  if (match.hash) {
    const Tuple tuple = narrow(seen.passage.flow->tuple, match.hash->of);
    if (hash_tuple(tuple) % match.hash->mod != match.hash->is) {
      return false;
    }
  }
  return in_range(match.packets, counts.packets) &&
         in_range(match.bytes, counts.up + counts.down) && in_range(match.up, counts.up) &&
         in_range(match.down, counts.down) &&
         (!match.nth || (!seen.packet.payload().empty() && match.nth->holds(counts.segments))) &&
         holds_if_asked(match.first, seen.passage.first) &&
         in_range(match.idle_ms, static_cast<std::uint64_t>(idle.count()));
}

bool part_of(const Bytes& needle, View hay) {
  return std::search(hay.begin(), hay.end(), needle.begin(), needle.end()) != hay.end() ||
         needle.empty();
}

}  // namespace

bool DnsMatch::holds(const Query& query) const {
  return (!name || hold(*name, query.name)) &&
         (!type || std::find(type->begin(), type->end(), query.type) != type->end());
}

bool TlsMatch::holds(const Facts& facts) const {
  const auto& hello = reassemble ? facts.hello : facts.hello_here;
  return hello && (!sni || (hello->sni && hold(*sni, *hello->sni))) &&
         (!sni_not || !hello->sni || !hold(*sni_not, *hello->sni)) &&
         (!sni_present || *sni_present == hello->sni.has_value()) &&
         holds_if_asked(esni, hello->esni) && holds_if_asked(ech, hello->ech) &&
         (!alpn || std::any_of(hello->alpn.begin(), hello->alpn.end(),
                               [&](const std::string& offer) { return hold(*alpn, offer); }));
}

bool HttpMatch::holds(const Facts& facts) const {
  const auto& request = reassemble ? facts.request : facts.request_here;
  return request && (!host || hold(*host, request->host)) &&
         (!path || hold(*path, request->path)) &&
         (!keyword || std::any_of(keyword->begin(), keyword->end(), [&](const std::string& word) {
           return request->host.find(word) != std::string::npos ||
                  request->path.find(word) != std::string::npos;
         }));
}

bool PayloadMatch::holds(View payload) const {
  if (at) {
    if (payload.size() < *at) {
      return false;
    }
    payload = payload.subspan(*at);
  }
  const auto found = [&](const Bytes& needle) {
    return at ? payload.size() >= needle.size() &&
                    std::equal(needle.begin(), needle.end(), payload.begin())
              : part_of(needle, payload);
  };
  return (contains.empty() || std::any_of(contains.begin(), contains.end(), found)) &&
         (hex.empty() || found(hex));
}

bool Window::holds(std::chrono::nanoseconds since_epoch) const {
  if (every && every->count() > 0) {
    since_epoch %= std::chrono::nanoseconds(*every);
  }
  return from <= since_epoch && (!to || since_epoch < *to);
}

double Ramp::factor(std::chrono::nanoseconds since_epoch) const {
  using Seconds = std::chrono::duration<double>;
  const double passed = Seconds(since_epoch - start) / Seconds(over);
  return from + (to - from) * std::clamp(passed, 0.0, 1.0);
}

bool holds(const Match& match, const Seen& seen, const Counts& counts) {
  return holds_addresses(match, seen) && holds_transport(match, seen) &&
         holds_flow(match.flow, seen, counts) && holds_payload(match, seen);
}

Tuple narrow(const Tuple& tuple, int of) {
  Tuple less = tuple;
  if (of < 4) {
    less.client.port = 0;
  }
  if (of < 3) {
    less.server.port = 0;
    less.protocol = Protocol::other;
  }
  return less;
}

}  // namespace censor
