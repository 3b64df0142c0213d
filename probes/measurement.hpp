// All observations of one round of one target, and the JSON that carries them: OONI's data format
// 0.2.0, so that OONI's tools read ours and we read theirs.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/target.hpp"
#include "probes/control_result.hpp"
#include "probes/helper_report.hpp"
#include "probes/observation.hpp"
#include "probes/past.hpp"

namespace reachd {

// light: cheap, each interval. deep: all addresses and resolvers. confirm: soon after trouble, as
// light.
enum class Round : std::uint8_t { light, deep, confirm };
std::string_view to_string(Round round);

// A known block page or poisoned answer that was recognised in an observation.
struct FingerprintMatch {
  int observation = 0;  // index into the measurement's observations
  std::string name;
  std::string scope;                   // "nat", "isp", "prod", "inst", "vbw", "fp", …
  std::vector<std::string> countries;  // where it is expected; empty: anywhere
  bool operator==(const FingerprintMatch&) const = default;
};

// The observations are the facts; the rest is what else the judge may know, put in by those who
// find it out. Everything that a verdict depends on is in here.
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
  std::optional<HelperReport> helper;
  std::optional<Failure> helper_failure;  // why there is no report, if one was asked for
  std::vector<ControlResult> controls;    // those that ran close to this round
  Past past;
  std::vector<FingerprintMatch> fingerprints;
  std::string unmet;  // what of the target's `expect` the answer misses; empty: nothing
  bool operator==(const Measurement&) const = default;
};

// Names of the resolvers, asked over a connection, that gave the ladder no answer to its first
// name.
std::vector<std::string> unanswering_resolvers(const Measurement& measurement);

// Indices of the ladder's observations that failed and matter: a family without an address is no
// failure where the same resolver has one of the other family.
std::vector<std::size_t> failed_steps(const Measurement& measurement);

}  // namespace reachd
