// Evidence in, verdict out. Pure: no clock, no I/O, no Asio.
#pragma once

#include "config/target.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// Rule `plain.all_steps`: every path that was tried is fine → ok; a fault of our own, or nothing
// measured → insufficient; anything else → impaired. What `expect` asks for is part of "fine".
Verdict judge(const Measurement& measurement, const Target& target);

}  // namespace reachd
