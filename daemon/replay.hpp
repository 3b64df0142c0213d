// The change detector over measurements that were kept: gathers their rounds by series, and when
// all are there runs each series through the tracker, in order of time. Bounded: what is beyond is
// counted, not kept.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "config/units.hpp"
#include "daemon/tracker/change.hpp"
#include "daemon/tracker/sighting.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// What is measured, and from where: OONI's input, probe_cc ("ZZ": unknown) and probe_asn.
struct SeriesName {
  std::string input;
  std::string country;
  std::uint32_t asn = 0;
  auto operator<=>(const SeriesName&) const = default;
};
std::string to_string(const SeriesName& name);  // "https://example.org/ CN AS4134"

struct SeriesChange {
  SeriesName series;
  Change change;
};

class Replay {
 public:
  static constexpr std::size_t kMostRounds = 1'000'000;  // some hundred MB

  void add(const Measurement& measurement, const Verdict& verdict);
  std::size_t left_out() const { return left_out_; }

  // All changes, in order of their confirmation, then of the series. The same round twice counts
  // once; the interval of a series is the median between its rounds. Without what was only refined
  // inside of a status.
  std::vector<SeriesChange> changes(const Rate& false_alarms) &&;

 private:
  std::map<SeriesName, std::vector<Sighting>> series_;
  std::size_t rounds_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace reachd
