// The text that Prometheus scrapes, put together from pieces that are rendered when they change: a
// scrape of thousands of targets then is a copy, not a walk through every series.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <prometheus/registry.h>

#include "daemon/sample_block.hpp"

namespace reachd {

// Text of a registry by family: `header` is its HELP and TYPE lines, `samples` the lines below.
struct FamilyText {
  std::string header;
  std::string samples;
};
using Exposition = std::map<std::string, FamilyText>;  // by family name

Exposition render(const prometheus::Registry& registry);

// `first`, then of each of `families` the lines of all `parts` together, each part with those
// families. Goes over what `text` held; its memory is used again.
void join(const Exposition& first, std::span<const FamilyHead> families,
          const std::vector<std::shared_ptr<const BlockText>>& parts, std::string& text);

}  // namespace reachd
