// The series of one target: made all at once when the target is configured, set by its rounds, and
// rendered after each, so that a scrape finds the text ready. The labels service_name and target
// are on all of them; no other label has a value that comes from the network. A compact target has
// only what alerts and the overview need.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/target.hpp"
#include "daemon/phases.hpp"
#include "daemon/sample_block.hpp"
#include "daemon/tracker/change.hpp"
#include "daemon/tracker/state.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

class TargetSeries {
 public:
  explicit TargetSeries(const Target& target);
  TargetSeries(const TargetSeries&) = delete;
  TargetSeries& operator=(const TargetSeries&) = delete;

  // The families that targets have, in the order of text().
  static std::span<const FamilyHead> families();

  void observe(const Measurement& measurement, const Verdict& verdict, const State& state,
               const Change* change);
  void observe_state(const State& state);
  std::shared_ptr<const BlockText> text() const { return text_; }
  std::size_t size() const { return block_.size(); }  // samples

 private:
  using Place = SampleBlock::Place;
  using ByStatus = std::array<Place, kStatuses.size()>;
  struct Histogram {
    std::vector<Place> buckets;
    Place sum;
    Place count;
  };

  void make_full(const Target& target);
  void make_failures(const Target& target);
  ByStatus by_status(std::size_t family);
  Place failures(Stage stage, Word word);

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
  void render();

  SampleBlock block_;
  std::shared_ptr<const BlockText> text_;  // replaced, never changed: others may be reading

  Place reachable_;
  Place since_;
  Place last_round_;
  ByStatus status_;
  ByStatus rounds_;
  std::array<std::optional<Place>, kPhases.size()> last_phase_;  // none where the scheme has none
  std::optional<Place> certificate_;                             // only with TLS
  std::map<std::string, Place> kinds_;

  const bool full_;  // the rest stands only where this is true
  ByStatus round_status_{};
  ByStatus changes_{};
  std::array<std::optional<Histogram>, kPhases.size()> phases_;
  std::array<Place, 2> addresses_{};  // by Family
  std::array<Place, 2> addresses_reachable_{};
  std::map<std::pair<Stage, Word>, Place> failures_;
  std::optional<Place> http_status_;  // only http(s)
  std::optional<Place> speed_;        // only http(s)
};

}  // namespace reachd
