// The series of one target: made all at once when the target is configured, set by its rounds, and
// rendered after each, so that a scrape finds the text ready. The labels service_name and target
// are on all of them; no other label has a value that comes from the network.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "config/target.hpp"
#include "daemon/exposition.hpp"
#include "daemon/phases.hpp"
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

  void observe(const Measurement& measurement, const Verdict& verdict, const State& state,
               const Change* change);
  void observe_state(const State& state);
  std::shared_ptr<const Exposition> text() const { return text_; }

 private:
  using Labels = std::map<std::string, std::string>;
  struct PhaseSeries {
    prometheus::Histogram* histogram = nullptr;  // null where the scheme has no such phase
    prometheus::Gauge* last = nullptr;
  };

  prometheus::Gauge& gauge(const std::string& name, const std::string& help, Labels labels = {});
  prometheus::Counter& counter(const std::string& name, const std::string& help,
                               Labels labels = {});
  prometheus::Counter& failures(Stage stage, Word word);
  void make_phases(const Target& target);
  void make_failures(const Target& target);

  void count_failures(const Measurement& measurement);
  void set_round(const Measurement& measurement, const Verdict& verdict);
  void set_state(const State& state);
  void count_change(const Change* change);
  void set_kinds(const std::vector<std::string>& kinds);
  void set_phases(const Measurement& measurement);
  void set_addresses(const Measurement& measurement);
  void set_answer(const Measurement& measurement);

  const Labels base_;
  prometheus::Registry registry_;
  std::shared_ptr<const Exposition> text_;  // replaced, never changed: others may be reading

  std::array<prometheus::Gauge*, kStatuses.size()> status_{};
  std::array<prometheus::Gauge*, kStatuses.size()> round_status_{};
  std::array<prometheus::Counter*, kStatuses.size()> rounds_{};
  std::array<prometheus::Counter*, kStatuses.size()> changes_{};
  std::array<PhaseSeries, kPhases.size()> phases_{};
  std::array<prometheus::Gauge*, 2> addresses_{};  // by Family
  std::array<prometheus::Gauge*, 2> addresses_reachable_{};
  std::map<std::pair<Stage, Word>, prometheus::Counter*> failures_;
  std::map<std::string, prometheus::Gauge*> kinds_;
  prometheus::Gauge* reachable_ = nullptr;
  prometheus::Gauge* since_ = nullptr;
  prometheus::Gauge* last_round_ = nullptr;
  prometheus::Gauge* http_status_ = nullptr;  // null unless http(s)
  prometheus::Gauge* certificate_ = nullptr;  // null without TLS
  prometheus::Gauge* speed_ = nullptr;        // null unless http(s)
};

}  // namespace reachd
