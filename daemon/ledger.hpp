// What becomes of a finished round beyond being looked at: the confirmed state of its target,
// events, alerts, and what is written down of it. Knows nothing of how rounds are made; must never
// wait for a disk or for anybody who is told.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/archive/archiver.hpp"
#include "daemon/board.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notifier/notifier.hpp"
#include "daemon/store/saver.hpp"
#include "daemon/tracker/background.hpp"
#include "daemon/tracker/detector.hpp"
#include "daemon/tracker/state.hpp"
#include "probes/judge/vantage.hpp"

namespace reachd {

// The parts outlive it.
class Ledger {
 public:
  Ledger(const Config& config, Board& board, Metrics& metrics, store::Saver& saver,
         archive::Archiver& archiver, Notifier& notifier);

  // Goes on from what the store holds. Once, before configure().
  void restore(const store::Saved& saved);
  // The configuration and the board's targets are other than before.
  void configure();

  // A target's round, already on the board, with its reason in words. True if measuring again soon
  // would tell something.
  bool file(TargetBoard& target, std::shared_ptr<const Measurement> measurement,
            const Verdict& verdict);
  // A control's round: `vantage` is what all controls say now.
  void file(const Target& control, bool ok, WallTime began, const Vantage& vantage);

  // The states that file() has put off, and those that are to be saved again, go to the store:
  // once, before the end, after save_news().
  void save_states();
  // Once a second: what has changed of events and alerts and is not on its way yet goes to the
  // store; and where that had to begin a new file, all states again, a thousand at a time.
  void save_news();

 private:
  void tell(Subject subject, const std::string& name, Change change,
            std::chrono::milliseconds interval);
  void refine(const std::string& name, const Change& change);
  // Raises or ends the alert of a member; `refined`: of a trouble that was told before.
  void alert(const Event& event, const Member& member, bool refined = false);
  void save(const Event& event);
  void put(const Event& event);
  void save_alerts();
  void save_again();
  void save(TargetBoard& target);
  void save_background(const std::string& control);  // beside the states, under its name

  const Config& config_;
  Board& board_;
  Metrics& metrics_;
  store::Saver& saver_;
  archive::Archiver& archiver_;
  Notifier& notifier_;

  Detector detector_;
  Background background_;
  std::shared_ptr<const std::vector<std::string>> own_addresses_;
  struct Remembered {
    std::string url;  // a target that measures something else now begins anew
    State state;
  };
  std::map<std::string, Remembered> remembered_;  // by target, until the first configure()
  std::set<std::uint64_t> unsaved_events_;        // by id
  std::uint64_t files_ = 0;                       // that the store had begun when it was asked last
  std::optional<std::string> again_;  // target from which on the states are to be saved again
};

// The condition of the vantage as events tell it: ok, or down with the kind "vantage.offline".
Condition condition_of(VantageStatus status);

}  // namespace reachd
