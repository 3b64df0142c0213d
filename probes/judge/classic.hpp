// What OONI's Web Connectivity 0.5 would say of the same observations. For comparison with its data
// only: our verdict never rests on it. Pure.
#pragma once

#include <optional>
#include <string>

#include "probes/judge/page_match.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// `blocking`: "dns", "tcp_ip", "http-failure", "http-diff"; "" stands for false, nothing for null.
// Not blocked and not accessible means down.
struct Classic {
  std::optional<std::string> blocking;
  std::optional<bool> accessible;
  std::optional<bool> dns_consistent;
  PageMatch match;  // of the answer that was compared; empty if none was
  bool operator==(const Classic&) const = default;
};

// Looks at what the system's resolver led to, one fetch a redirect, as the original does: ooni.md 5
// tells the rules, minipipeline of ooni/probe-cli is their source.
Classic judge_classically(const Measurement& measurement);

}  // namespace reachd
