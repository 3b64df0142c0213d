// The text that Prometheus scrapes, put together from pieces that are rendered when they change: a
// scrape of thousands of targets then is a copy, not a walk through every series.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/registry.h>

namespace reachd {

// Text of a registry by family: `header` is its HELP and TYPE lines, `samples` the lines below.
struct FamilyText {
  std::string header;
  std::string samples;
};
using Exposition = std::map<std::string, FamilyText>;  // by family name

Exposition render(const prometheus::Registry& registry);

// `first`, then all lines of each family of `parts` together, whatever part they are of.
// Goes over what `text` held; its memory is used again.
void join(const Exposition& first, const std::vector<std::shared_ptr<const Exposition>>& parts,
          std::string& text);

}  // namespace reachd
