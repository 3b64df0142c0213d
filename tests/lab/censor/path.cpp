#include "tests/lab/censor/path.hpp"

#include <algorithm>

namespace censor {

std::chrono::microseconds Path::delay(const Address& beyond) const {
  const auto found = std::find_if(delays.begin(), delays.end(), [&](const PathDelay& delay) {
    return delay.prefix.holds(beyond);
  });
  return found == delays.end() ? std::chrono::microseconds(0) : found->one_way;
}

Path read_path(Fields fields) {
  Path path;
  for (const auto& [key, to] : {std::pair("name", &path.name), std::pair("inside", &path.inside),
                                std::pair("outside", &path.outside)}) {
    const auto text = fields.text(key);
    if (!text || text->empty()) {
      fields.refuse(key, "is needed");
    }
    *to = *text;
  }
  for (Fields& entry : fields.objects("delay_us")) {
    const auto prefixes = entry.prefixes("prefix");
    const auto one_way = entry.integer("us", 0, 60'000'000);
    if (!prefixes || !one_way) {
      entry.refuse("prefix", "and us are needed");
    }
    entry.refuse_others();
    for (const Prefix& prefix : *prefixes) {
      path.delays.push_back({prefix, std::chrono::microseconds(*one_way)});
    }
  }
  std::sort(path.delays.begin(), path.delays.end(),
            [](const PathDelay& a, const PathDelay& b) { return a.prefix.bits > b.prefix.bits; });
  fields.refuse_others();
  return path;
}

}  // namespace censor
