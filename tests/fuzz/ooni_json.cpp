// Any line: it is read or refused, never more. What was read and is written again reads as the
// same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "probes/measurement_json.hpp"
#include "probes/print.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reachd;
  auto first = parse_measurement({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  for (Observation& step : first->observations) {
    auto* seen = std::get_if<HttpSeen>(&step.seen);
    if (seen != nullptr && seen->body.size() > kArchivedBody) seen->body.resize(kArchivedBody);
  }
  Verdict verdict;
  verdict.status = Status::impaired;
  const auto second = parse_measurement(boost::json::serialize(to_json(*first, verdict)));
  if (!second || !(*second == *first)) std::abort();
  print_ladder(*first, verdict, false);
  scrub({reinterpret_cast<const char*>(data), size}, {"192.0.2.1", "2001:db8::1"});
  return 0;
}
