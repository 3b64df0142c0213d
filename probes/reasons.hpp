// Why a verdict is what it is, in plain words with the numbers that made it.
#pragma once

#include <string>
#include <vector>

#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// What the rule says, then what each piece of evidence was, at most eight of them. Empty where the
// rule is not one of the judge's. Whatever came from the network is escaped.
std::vector<std::string> reasons_of(const Measurement& measurement, const Verdict& verdict);

}  // namespace reachd
