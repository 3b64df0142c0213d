// One step in words: where it happened, what was seen, and what else is worth a line of its own. No
// layout, no colours; everything from the network is escaped.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "probes/observation.hpp"

namespace reachd {

struct StepText {
  std::string where;  // resolver or address
  std::string what;
  std::vector<std::string> notes;  // further answers, the certificate that was refused…
};

// `now` is the wall clock of the measurement: certificates are told by their days left.
StepText describe(const Observation& step, std::chrono::system_clock::time_point now);

std::string duration_text(Micros time);  // "8.2 ms", "412 ms", "1.203 s"

}  // namespace reachd
