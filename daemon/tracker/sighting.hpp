// What the tracker is told of one round: the little of measurement and verdict that counts for a
// change. Must never carry more than the archive line does, so that changes can be derived again.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/tracker/change.hpp"
#include "probes/measurement.hpp"

namespace reachd {

struct Sighting {
  WallTime at;  // when the round began
  Status status = Status::insufficient;
  std::vector<std::string> kinds;
  std::string rule;
  // Somebody else was reached at about that time, or the target itself was. What is not vouched for
  // counts for nothing.
  bool vouched = false;
  bool artefact = false;  // the verdict rests on something that does not happen by chance
  double p0 = 0.02;       // probability that a round fails by mere chance
  std::chrono::milliseconds interval{60'000};  // between rounds, as configured
  double bytes_per_second = 0;                 // of the fastest answer; 0: too short to tell
  double control_bytes_per_second = 0;         // of the fastest foreign control; 0: as above
  double seconds = 0;  // connection, handshake and first byte together; 0: there was no answer
  bool operator==(const Sighting&) const = default;
};

Sighting sight(const Measurement& measurement, const Verdict& verdict, double p0,
               std::chrono::milliseconds interval);

}  // namespace reachd
