// The series of one target, set by its rounds. A round sets numbers and makes no text: most are
// never scraped before the next. Which series there are is the shape's.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/target.hpp"
#include "daemon/sample_block.hpp"
#include "daemon/target_shape.hpp"
#include "daemon/tracker/change.hpp"
#include "daemon/tracker/state.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

class TargetSeries {
 public:
  // `shapes` outlives it.
  TargetSeries(const Target& target, TargetShapes& shapes);

  void observe(const Measurement& measurement, const Verdict& verdict, const State& state,
               const Change* change);
  void observe_state(const State& state);
  const SampleBlock& samples() const { return block_; }

 private:
  using Place = TargetShape::Place;
  using ByStatus = TargetShape::ByStatus;

  void count_failures(const Measurement& measurement);
  void set_round(const Measurement& measurement, const Verdict& verdict);
  void set_state(const State& state);
  void count_change(const Change* change);
  void set_kinds(const std::vector<std::string>& kinds);
  void set_phases(const Measurement& measurement);
  void set_addresses(const Measurement& measurement);
  void set_answer(const Measurement& measurement);
  void set(const std::optional<Place>& place, double value);
  void set_one(const ByStatus& places, Status status);  // 1 there, 0 at all others

  TargetShapes* shapes_;
  std::shared_ptr<const TargetShape> shape_;
  SampleBlock block_;
};

}  // namespace reachd
