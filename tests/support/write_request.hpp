// What a receiver of remote write makes of a body: a decoder that shares nothing with the encoder
// but the specification. Strict: what does not decode is a failure of the test that reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reachd::test {

struct WrittenSample {
  std::vector<std::pair<std::string, std::string>> labels;  // in the order in which they came
  std::uint64_t bits = 0;                                   // of the value
  std::int64_t at = 0;                                      // milliseconds since 1970

  std::string series() const;  // name{a="x",b="y"}
  double value() const;
};

// A Snappy block of a prompb.WriteRequest. Series without a sample, or with more than one, are a
// failure, as nobody here sends them.
std::vector<WrittenSample> read_write_request(std::string_view body);

}  // namespace reachd::test
