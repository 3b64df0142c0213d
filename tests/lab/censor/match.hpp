// Which packets a rule means. Pure: no clock, no dice; those are asked for by the caller.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/censor/facts.hpp"
#include "tests/lab/censor/names.hpp"
#include "tests/lab/censor/packet.hpp"
#include "tests/lab/censor/path.hpp"
#include "tests/lab/censor/range.hpp"

namespace censor {

enum class TcpKind : std::uint8_t { syn, synack, data, rst, fin };

struct DnsMatch {
  std::optional<Names> name;
  std::optional<std::vector<std::uint16_t>> type;
  bool holds(const Query& query) const;
};

struct TlsMatch {
  std::optional<Names> sni;
  std::optional<Names> sni_not;
  std::optional<bool> sni_present;
  std::optional<bool> esni;
  std::optional<bool> ech;
  std::optional<Names> alpn;
  bool reassemble = true;
  bool holds(const Facts& facts) const;
};

struct HttpMatch {
  std::optional<Names> host;
  std::optional<Names> path;
  std::optional<std::vector<std::string>> keyword;  // in lower case
  bool reassemble = true;
  bool holds(const Facts& facts) const;
};

struct PayloadMatch {
  std::vector<Bytes> contains;  // any of
  Bytes hex;
  std::optional<std::size_t> at;
  bool holds(View payload) const;
};

struct HashMatch {
  std::uint64_t mod = 1;
  std::uint64_t is = 0;
  int of = 4;
};

struct FlowMatch {
  std::optional<Range> packets;
  std::optional<Range> bytes;
  std::optional<Range> up;
  std::optional<Range> down;
  std::optional<Range> nth;
  std::optional<Range> idle_ms;
  std::optional<bool> first;
  std::optional<HashMatch> hash;
};

struct Probability {
  double p = 1;
  bool per_flow = true;
};

struct Window {
  std::chrono::milliseconds from{0};
  std::optional<std::chrono::milliseconds> to;
  std::optional<std::chrono::milliseconds> every;
  bool holds(std::chrono::nanoseconds since_epoch) const;
};

struct Ramp {
  double from = 0;
  double to = 1;
  std::chrono::milliseconds over{1};
  std::chrono::milliseconds start{0};
  double factor(std::chrono::nanoseconds since_epoch) const;
};

struct Match {
  std::optional<Protocol> protocol;
  std::optional<int> family;
  std::optional<Direction> direction;
  std::optional<bool> from_client;
  std::optional<std::vector<Prefix>> source;
  std::optional<std::vector<Prefix>> destination;
  std::optional<std::vector<Prefix>> host;
  std::optional<Ranges> server_port;
  std::optional<Ranges> client_port;
  bool client_port_above = false;
  std::vector<TcpKind> flags;
  std::optional<DnsMatch> dns;
  std::optional<TlsMatch> tls;
  std::optional<HttpMatch> http;
  std::optional<PayloadMatch> payload;
  std::vector<Look> looks;
  std::vector<Look> looks_not;
  FlowMatch flow;
  std::optional<bool> timestamps;
  std::optional<Range> tcp_header;
  std::optional<Range> length;
  std::optional<Range> size;
  // For the caller:
  std::optional<std::size_t> after;  // a rule
  std::optional<Window> window;
  std::optional<Probability> probability;
  std::optional<Ramp> ramp;
};

// A packet on its way, with all that is known of it.
struct Seen {
  Packet& packet;
  Direction direction;
  Passage passage;
  Facts facts;
};

// All but the four at the end. `counts`: the flow's, less what came before the `after` rule fired.
bool holds(const Match& match, const Seen& seen, const Counts& counts);

// The flow's tuple without what `of` leaves out: 2 addresses, 3 and server port, 4 all.
Tuple narrow(const Tuple& tuple, int of);

}  // namespace censor
