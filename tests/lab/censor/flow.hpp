// Who talks with whom: which side is the client, what has passed so far, and what the rules have
// decided about it. Bounded; forgets the longest idle first.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "tests/lab/censor/due.hpp"
#include "tests/lab/censor/lru.hpp"
#include "tests/lab/censor/packet.hpp"
#include "tests/lab/censor/stream.hpp"
#include "tests/lab/censor/throttle.hpp"

namespace censor {

// A conversation, or with ports (or all but the addresses) zeroed a set of them.
struct Tuple {
  std::size_t wire = 0;
  Protocol protocol = Protocol::other;
  Endpoint client;
  Endpoint server;
  bool operator==(const Tuple&) const = default;
};
std::uint64_t hash_tuple(const Tuple& tuple);

// Up to and with a packet. Bytes are payload; segments are packets that have any.
struct Counts {
  std::uint64_t packets = 0;
  std::uint64_t segments = 0;
  std::uint64_t up = 0;
  std::uint64_t down = 0;
};
Counts operator-(const Counts& all, const Counts& before);

// What one rule has decided about one flow.
struct Mark {
  std::optional<Counts> fired;  // at the packet at which it first did
  bool drop_out = false;
  bool drop_in = false;
  const Throttle* throttle = nullptr;
  std::array<Bucket, 2> buckets;  // by direction
  std::optional<std::uint64_t> freeze_after;
  std::optional<Endpoint> redirect;
};

struct Flow {
  Tuple tuple;
  std::uint64_t number = 0;  // a new one for each flow and each time one starts anew
  Time last;
  std::optional<std::uint32_t> syn;
  Counts counts;
  Stream from_client;
  std::map<std::size_t, Mark> marks;  // by rule
};

// The flow of a packet, and the packet's place in it.
struct Passage {
  Flow* flow;
  bool from_client;
  bool first;
  Time::duration idle;  // before this packet; zero for the first
};

}  // namespace censor

template <>
struct std::hash<censor::Tuple> {
  std::size_t operator()(const censor::Tuple& tuple) const noexcept {
    return censor::hash_tuple(tuple);
  }
};

namespace censor {

class FlowTable {
 public:
  explicit FlowTable(std::size_t capacity = 16384) : flows_(capacity) {}
  // Counts the packet in. The flow holds until the next call.
  Passage pass(std::size_t wire, const Packet& packet, Time now);

 private:
  LruTable<Tuple, Flow> flows_;
  std::uint64_t next_ = 0;
};

}  // namespace censor
