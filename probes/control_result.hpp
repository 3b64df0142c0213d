// How a control fared at about the time of a measurement: what a round of it comes down to. The
// controls vouch for the vantage; what they mean is judged elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/target.hpp"
#include "probes/observation.hpp"

namespace reachd {

enum class Side : std::uint8_t { domestic, foreign };
std::string_view to_string(Side side);

// The first step of one family that failed, in one round of a control.
struct ControlFailure {
  Stage stage = Stage::dns;
  Family family = Family::ipv4;
  Failure failure;
  bool operator==(const ControlFailure&) const = default;
};

struct ControlResult {
  std::string name;  // "control.foreign/www.iana.org"
  Side side = Side::foreign;
  bool ok = false;                       // it answered as itself over at least one family
  std::vector<Family> families;          // those that were tried
  std::vector<ControlFailure> failures;  // at most one a family and stage
  std::vector<std::string> addresses;    // what the name resolved to
  std::string issuer;                    // of the leaf it showed, valid or not; empty: no TLS
  std::string redirected_to;  // host that a plain answer pointed to, where it is not its own
  // The server's Date minus our clock, at the moment of the answer; nothing if it sent none.
  std::optional<std::chrono::seconds> clock_offset;
  double bytes_per_second = 0;  // of its body; 0: too short to tell
  Micros at{0};                 // its beginning minus the measurement's: negative if it came before
  bool operator==(const ControlResult&) const = default;
};

}  // namespace reachd
