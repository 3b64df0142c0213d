// Everything that reads what an operator wrote: quantities, URLs, addresses, patterns and the whole
// file. Holds what must hold of any input: values read back as themselves, faults are printable
// lines.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "config/config.hpp"
#include "config/endpoint.hpp"
#include "config/pattern.hpp"
#include "config/units.hpp"
#include "config/url.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::fuzz::require;

bool printable(const std::string& line) {
  for (const char c : line) {
    if ((c >= '\0' && c < ' ') || c == '\x7f') return false;
  }
  return !line.empty();
}

template <typename T>
void require_reason(const reachd::Parsed<T>& parsed) {
  if (!parsed) require(printable(parsed.error()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reachd;
  const std::string text(reinterpret_cast<const char*>(data), size);

  const auto duration = parse_duration(text);
  require_reason(duration);
  if (duration) require(*parse_duration(to_string(*duration)) == *duration);
  const auto fraction = parse_fraction(text);
  require_reason(fraction);
  if (fraction) require(*fraction >= 0 && *fraction <= 1);
  require_reason(parse_bytes(text));
  const auto rate = parse_rate(text);
  require_reason(rate);
  if (rate) require(rate->count > 0 && rate->per.count() > 0);

  const auto url = parse_target_url(text);
  require_reason(url);
  if (url) require(printable(url->path) && url->path.front() == '/');
  const auto endpoint = parse_endpoint(text);
  require_reason(endpoint);
  if (endpoint) require(canonical_address(endpoint->address) == endpoint->address);
  if (size < 64) {  // a pattern costs its length times that of the text
    const auto pattern = compile_pattern(text);
    require_reason(pattern);
    if (pattern) occurs(*pattern, "User-agent: *\nDisallow: /search\n");
  }

  const auto loaded = parse_config(text, "reachd.yaml");
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    require(!faults->empty() && faults->size() <= 1001);
    for (const auto& fault : *faults) require(printable(to_string(fault)));
  } else {
    require(!std::get<Config>(loaded).services.empty());
    require(!std::get<Config>(loaded).resolvers.empty());
  }
  return 0;
}
