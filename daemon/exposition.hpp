// The text that Prometheus scrapes, put together from what a registry has and what the targets'
// samples are. Made of values, so that any thread can put it together.
#pragma once

#include <map>
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

// `first`, then of each of `families` the lines of all targets together; `samples` are of those
// families. Goes over what `text` held; its memory is used again.
void join(const Exposition& first, std::span<const FamilyHead> families, const Samples& samples,
          std::string& text);

}  // namespace reachd
