#include <algorithm>

#include "config/ascii.hpp"
#include "config/pattern.hpp"
#include "probes/judge/judge.hpp"

namespace reachd {
namespace {

// The last answer that came: where redirects led to.
const HttpSeen* final_answer(const Measurement& measurement) {
  const HttpSeen* last = nullptr;
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<HttpSeen>(&step.seen);
    if (seen != nullptr && seen->status != 0) last = seen;
  }
  return last;
}

// A pattern that the configuration refused counts as not found: it cannot come from there.
bool found(const std::string& text, const std::string& pattern) {
  const auto compiled = compile_pattern(pattern);
  return compiled && occurs(*compiled, text);
}

}  // namespace

std::string unmet_expectation(const Measurement& measurement, const Expect& expect) {
  if (expect == Expect{}) return {};
  const HttpSeen* answer = final_answer(measurement);
  if (answer == nullptr) return "no answer to hold against what is expected";
  if (!expect.status.empty() &&
      std::ranges::find(expect.status, answer->status) == expect.status.end()) {
    return "status " + std::to_string(answer->status) + " is not expected";
  }
  if (!expect.body_regex.empty() && !found(answer->body, expect.body_regex)) {
    return "the body does not match body_regex";
  }
  for (const auto& [name, pattern] : expect.headers) {
    const bool matches = std::ranges::any_of(answer->headers, [&](const auto& header) {
      return ascii::iequals(header.first, name) && found(header.second, pattern);
    });
    if (!matches) return "header " + name + " does not match";
  }
  return {};
}

}  // namespace reachd
