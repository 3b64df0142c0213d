// Prometheus remote write 1.0 as bytes: a WriteRequest (prompb/remote.proto) in protobuf, packed as
// a Snappy block. Pure.
// https://prometheus.io/docs/specs/prw/remote_write_spec/
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/remote_write/place.hpp"
#include "daemon/remote_write/sample.hpp"

namespace reachd::remote_write {

// A request body that is ready to be sent.
struct Body {
  std::string bytes;
  std::uint32_t samples = 0;
  bool operator==(const Body&) const = default;
};

class WriteRequest {
 public:
  // A series with one sample, of milliseconds since 1970. `labels` and `place` are by name; where
  // both have one, the series' own counts.
  void add(std::span<const Label> labels, const Place& place, double value, std::int64_t at);

  std::uint32_t samples() const { return samples_; }
  Body take();  // packs what was added, and is empty again

 private:
  std::string bytes_;  // protobuf
  std::uint32_t samples_ = 0;
};

}  // namespace reachd::remote_write
