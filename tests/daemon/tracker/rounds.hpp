// Rounds for the tracker's tests, and a target that they are told of one after the other.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "daemon/tracker/tracker.hpp"

namespace reachd::test {

inline const WallTime kNoon{std::chrono::hours(400'000)};

// As shipped: one false alarm in 90 days, 40 series, one round a minute.
inline const Detector& shipped_detector() {
  static const Detector detector =
      solve_detector({1, std::chrono::hours(24 * 90)}, 40, std::chrono::seconds(60));
  return detector;
}

inline Sighting round_of(Status status, std::vector<std::string> kinds = {}) {
  Sighting sighting;
  sighting.status = status;
  sighting.kinds = std::move(kinds);
  sighting.rule = "test.rule";
  sighting.vouched = true;
  return sighting;
}

inline Sighting fine() {
  return round_of(Status::ok);
}
inline Sighting reset() {
  return round_of(Status::likely_blocked, {"tls.reset.sni"});
}
inline Sighting forged() {
  Sighting sighting = round_of(Status::blocked, {"dns.injection.other"});
  sighting.artefact = true;
  return sighting;
}

struct Series {
  State state;
  WallTime now = kNoon;
  std::vector<Change> changes;  // all but those that are only refined
  bool suspicious = false;

  // A round, one interval after the last.
  Series& see(Sighting sighting) {
    sighting.at = now;
    Tracked tracked = track(state, sighting, shipped_detector());
    state = std::move(tracked.state);
    suspicious = tracked.suspicious;
    if (tracked.change && tracked.change->passage != Passage::refined) {
      changes.push_back(*tracked.change);
    }
    now += sighting.interval;
    return *this;
  }
  Series& see(const Sighting& sighting, int times) {
    for (int i = 0; i < times; ++i) see(sighting);
    return *this;
  }
  // Rounds until the next change; 0 if `most` do not lead to any.
  int until_change(const Sighting& sighting, int most = 1000) {
    const std::size_t before = changes.size();
    for (int i = 1; i <= most; ++i) {
      see(sighting);
      if (changes.size() > before) return i;
    }
    return 0;
  }
};

// A target that has been ok for an hour.
inline Series healthy() {
  Series series;
  series.see(fine(), 60);
  series.changes.clear();
  return series;
}

}  // namespace reachd::test
