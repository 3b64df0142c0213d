// How long the phases of one round took: of the first connection that got through, or else of the
// first that was tried, without what redirects led to or a diagnosis asked. One definition for the
// page, the API and the metrics. Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "probes/measurement.hpp"

namespace reachd {

enum class Phase : std::uint8_t { dns, connect, tls, first_byte, transfer };
inline constexpr std::array kPhases{Phase::dns, Phase::connect, Phase::tls, Phase::first_byte,
                                    Phase::transfer};
std::string_view to_string(Phase phase);  // the value of the metric label

// By phase, in the order of kPhases. Empty where the round had no such step or it failed: the time
// of a failure is in the ladder, it is not how long the phase takes.
using Phases = std::array<std::optional<Micros>, kPhases.size()>;
Phases phases_of(const Measurement& measurement);

}  // namespace reachd
