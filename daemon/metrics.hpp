// Every metric name of reachd in one file. All series of a target exist from the moment it is
// configured and none vanishes on failure; they go when the target goes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/archive/archive.hpp"
#include "daemon/remote_write/pusher.hpp"
#include "daemon/store/store.hpp"
#include "daemon/tracker/change.hpp"
#include "daemon/tracker/state.hpp"
#include "daemon/web/tally.hpp"
#include "daemon/worker.hpp"
#include "probes/judge/vantage.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Creates what is missing for these targets, controls and resolvers, removes what is of no
  // target; returns the series of targets that are no more.
  remote_write::Texts configure(const Config& config);
  // The same; `targets` are the configuration's, held by others too.
  remote_write::Texts configure(const Config& config, const std::vector<SharedTarget>& targets);

  // A target's round, what is confirmed of the target after it, and the change that it brought, or
  // null.
  void observe(const Measurement& measurement, const Verdict& verdict, const State& state,
               const Change* change);
  // What is confirmed of "service/target" before its first round.
  void observe_state(const std::string& id, const State& state);
  void observe_vantage(VantageStatus status);
  void observe_control(const std::string& control, bool reachable);
  void count_notification(bool delivered);
  // What the store, the archive and their worker say of themselves.
  void observe_records(const store::Health& store, const archive::Counts& archive,
                       const Worker::Load& load);
  // What the web server turned away.
  void observe_web(const web::Tally& tally);
  void observe_lag(std::chrono::duration<double> lag);
  void set_rounds_in_flight(std::size_t rounds);
  void count_skipped_round();
  void observe_reload(bool successful, std::chrono::system_clock::time_point at);

  void observe_pushes(const std::map<std::string, remote_write::PushCounts>& counts);

  // The same series that `text` tells of, in the pieces that it is made of.
  remote_write::Collected collect() const;

  // How many series that configuration exports from its first scrape.
  static std::size_t count_series(const Config& config);

  std::string text() const;  // the Prometheus text format, version 0.0.4
  // What `text` would be now, to be put together later and on any thread: each call appends a piece
  // of it, until one says that it was the last.
  std::function<bool(std::string&)> snapshot() const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace reachd
