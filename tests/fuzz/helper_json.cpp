// Both ends of the helper's protocol: what anybody may send to a helper, and what a helper may
// answer. Each is read or refused, within its bounds; what was read says the same when written
// again.
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "probes/control/helper_question.hpp"
#include "probes/control/helper_report_json.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::fuzz::require;

// One line of a request, of which nobody can make two.
bool is_one_line(std::string_view text) {
  for (const char c : text) {
    if ((c >= '\0' && c < ' ') || c == '\x7f') return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reachd;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (const auto question = parse_question(text)) {
    require(question->endpoints.size() <= HelperQuestion::kMostEndpoints);
    require(is_one_line(question->url) && !question->host.empty());
    require(question->headers.size() <= 3);
    for (const auto& [name, value] : question->headers) require(is_one_line(value));
    for (const Endpoint& endpoint : question->endpoints) require(endpoint.port != 0);
    const auto again = parse_question(to_json(*question));
    require(again && *again == *question);
  } else {
    require(is_one_line(question.error()) && !question.error().empty());
  }

  if (const auto report = parse_report(text)) {
    const auto again = parse_report(boost::json::serialize(to_json(*report)));
    require(again && *again == *report);
  }
  return 0;
}
