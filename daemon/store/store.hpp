// <directory>/state.sqlite: what the daemon knows, so that it survives the end of the process, of
// the power and of the disk's space. Used on the worker's thread alone. Never throws and never
// gives up: what cannot be written now is kept (see Batch) and written once it can be.
//
// A damaged file is set aside as state.sqlite.corrupt-<time> (the newest one is kept), what can be
// read of it goes into a new one. A file that is damaged or deleted under the running daemon is
// written anew: with the events and alerts, which are held in memory too, and with the states once
// their owner has put them again; `Health::begun` tells it to.
//
// The file is locked while it is open: `sqlite3` can look at a copy of it and its -wal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "daemon/store/batch.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/rows.hpp"

namespace reachd::store {

struct Limits {
  std::chrono::milliseconds raw = std::chrono::hours(48);             // single rounds
  std::chrono::milliseconds retention = std::chrono::hours(24 * 30);  // hours, closed events
  // Of the file, about: the oldest rounds go first, then the oldest hours, whatever their age.
  std::uint64_t most_bytes = std::uint64_t{512} << 20U;
};

Limits limits_of(const StateSettings& settings);  // a quarter of its bytes

struct Health {
  bool up = false;
  Trouble trouble = Trouble::none;
  std::string text;             // of the last trouble, in words
  std::uint64_t errors = 0;     // attempts that failed
  std::uint64_t dropped = 0;    // rounds and closed events that could not be kept
  std::size_t waiting = 0;      // rows not written yet
  std::uint64_t bytes = 0;      // of the file
  std::uint64_t begun = 0;      // files that were empty when they were opened
  std::uint64_t set_aside = 0;  // damaged files
  std::string set_aside_as;     // the last one's path
};

template <typename T>
using Answer = boost::system::result<std::vector<T>, std::string>;

class Store {
 public:
  Store(std::string directory, Limits limits);

  void set_limits(Limits limits) { limits_ = limits; }

  // Opens the file and reads what a start needs; as much as there is, even of a damaged file or one
  // that cannot be written. To be called once, first.
  Saved load(WallTime now);

  // Writes what changed, with all that waits, in one transaction that is on the disk afterwards;
  // false if it waits on. Opens the file again if need be.
  bool save(Batch batch, WallTime now);

  // A slice of what must be done now and then: hours put together, old rows deleted, the bound
  // kept. Some milliseconds; true if there is more to do.
  bool tidy(WallTime now);

  // Rounds begun in [from, to), newest first.
  Answer<RoundRow> rounds_of(const std::string& target, WallTime from, WallTime to,
                             std::size_t limit);
  // Hours that began in [from, to), oldest first; without the one under way.
  Answer<HourRow> hours_of(const std::string& target, WallTime from, WallTime to);
  // What the rounds begun in [from, to) came to, of all targets; and those of the hours that began
  // then. Before hours_until() all hours are put together.
  Answer<OutcomeRow> outcomes_by_rounds(WallTime from, WallTime to);
  Answer<OutcomeRow> outcomes_by_hours(WallTime from, WallTime to);
  WallTime hours_until();
  // Events that changed at `since` or later, highest number first.
  Answer<EventRow> events_since(WallTime since, std::size_t limit);

  Health health() const;

 private:
  bool attempt(const std::function<void()>& work);
  bool file_is_ours() const;
  void open();
  void set_aside(WallTime now);
  Saved salvage();
  void remember(const Saved& saved);
  void remember(const Batch& batch);
  void write(const Batch& batch);
  std::int64_t number_of(const std::string& target, bool make);
  bool aggregate(WallTime now);
  bool prune(WallTime now);
  bool shrink();

  std::string directory_;
  std::string path_;
  Limits limits_;
  std::optional<Database> database_;
  std::uint64_t inode_ = 0;  // of the file that is open
  Batch pending_;
  Batch known_;                                            // events and alerts as last saved
  std::unordered_map<std::string, std::int64_t> numbers_;  // of targets, as the file has them
  std::int64_t aggregated_ = 0;  // the last target of the hour that is being put together
  Health health_;
};

}  // namespace reachd::store
