// The ways on which a round tried to get through, and how far each came: what a picture of the
// diagnosis is made of. Ways that went alike are one. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probes/measurement.hpp"

namespace reachd::web {

enum class Reach : std::uint8_t {
  none,    // not tried on this way, or it ended before
  passed,  // it came through
  died,    // here it ended
};

struct Lane {
  std::string label;  // "as a visitor, at 192.0.2.1:443"; unescaped, as all texts here
  std::string outcome;
  // Name, connection, encryption, answer.
  static constexpr std::size_t kStations = 4;
  std::array<Reach, kStations> reach{};
  std::array<Micros, kStations> took{};
  bool visitor = false;   // the ladder's own
  bool expected = false;  // that it died is as it should be
  bool forged = false;    // that it came through is the proof of an intruder
  std::size_t ways = 1;   // that went alike
};

// The ladder's first, questions before connections; at most `most`.
std::vector<Lane> lanes_of(const Measurement& measurement, std::size_t most = 24);

}  // namespace reachd::web
