// The text that Prometheus scrapes, put together from what a registry has and what the targets'
// samples are. Made of values, so that any thread can put it together.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>

#include <prometheus/registry.h>

#include "daemon/samples.hpp"

namespace reachd {

// Text of a registry by family: `header` is its HELP and TYPE lines, `samples` the lines below.
struct FamilyText {
  std::string header;
  std::string samples;
};
using Exposition = std::map<std::string, FamilyText>;  // by family name

Exposition render(const prometheus::Registry& registry);

// Reads it from its beginning to its end: `first`, then of each of `families` the lines of all
// targets together; `samples` are of those families. Of ten thousand targets the text is dozens of
// megabytes, which nobody needs at once.
class ExpositionReader {
 public:
  ExpositionReader(Exposition first, std::span<const FamilyHead> families,
                   std::shared_ptr<const Samples> samples);

  // Appends the next piece, of 64 KiB or little more; false if it was the last, which may be empty.
  bool read(std::string& piece);

 private:
  void read_target(std::string& piece);

  Exposition first_;
  std::span<const FamilyHead> families_;
  std::shared_ptr<const Samples> samples_;
  std::size_t family_ = 0;  // where it goes on
  std::size_t target_ = 0;
  bool is_headed_ = false;  // the family's head has been read
};

}  // namespace reachd
