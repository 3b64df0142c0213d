// All observations of one round of one target, and the JSON that carries them: OONI's data format
// 0.2.0, so that OONI's tools read ours and we read theirs.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/target.hpp"
#include "probes/observation.hpp"

namespace reachd {

// light: cheap, each interval. deep: all addresses and resolvers. confirm: soon after trouble, as
// light.
enum class Round : std::uint8_t { light, deep, confirm };
std::string_view to_string(Round round);

struct Measurement {
  VantageName vantage;
  std::string service;
  std::string target;
  std::string url;
  Scheme scheme = Scheme::https;
  Round round = Round::light;
  std::chrono::system_clock::time_point began;  // wall clock, for people and the archive only
  Micros runtime{0};
  std::vector<Observation> observations;  // in order of their beginning
  bool operator==(const Measurement&) const = default;
};

// Indices of the observations that failed and matter: a family without an address is no failure
// where the same resolver has one of the other family.
std::vector<std::size_t> failed_steps(const Measurement& measurement);

}  // namespace reachd
