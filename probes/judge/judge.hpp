// Evidence in, verdict out. Pure: no clock, no I/O, no Asio.
#pragma once

#include "config/target.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

inline constexpr int kRulesVersion = 1;

// The rules, first match decides:
//   plain.nothing_measured  no step at all                                        → insufficient
//   plain.all_steps         every step of the ladder fine                         → ok
//   plain.own_fault         what failed is our own doing                          → insufficient
//   plain.step_failed       a step failed                                         → impaired
//   plain.expectation       all steps fine, the answer not what `expect` asks for → impaired
// A step of the ladder is a connection and what ran on it, and the questions to the resolver whose
// answer was used. That another resolver fails is on record, but is not the target's fault.
Verdict judge(const Measurement& measurement, const Target& target);

// What of `expect` the answer misses, in words; empty if nothing.
std::string unmet_expectation(const Measurement& measurement, const Expect& expect);

}  // namespace reachd
