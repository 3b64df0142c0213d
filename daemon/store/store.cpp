#include "daemon/store/store.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include "daemon/store/read_rows.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/write_rows.hpp"
#include "probes/utc.hpp"

namespace reachd::store {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kFile = "state.sqlite";

std::uint64_t inode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// "20260131T235958Z"
std::string stamp(WallTime time) {
  std::string text = utc_text(time);
  std::erase(text, '-');
  std::erase(text, ':');
  text.replace(text.find(' '), 1, "T");
  return text + "Z";
}

// They are for a look at what happened, not an archive: one is enough.
void delete_set_aside(const std::string& directory) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(std::string(kFile) + ".corrupt-")) fs::remove(entry->path(), ignored);
  }
}

}  // namespace

Limits limits_of(const StateSettings& settings) {
  Limits limits;
  limits.retention = settings.retention;
  limits.raw = std::min(limits.raw, settings.retention);
  limits.most_bytes = settings.max_bytes / 4;
  return limits;
}

Store::Store(std::string directory, Limits limits)
    : directory_(std::move(directory)),
      path_(directory_ + "/" + std::string(kFile)),
      limits_(limits) {}

// Deleted or replaced by an operator: SQLite would go on writing to a file that nobody finds.
bool Store::file_is_ours() const {
  return database_.has_value() && inode_ != 0 && inode_of(path_) == inode_;
}

void Store::open() {
  if (file_is_ours()) return;
  database_.reset();
  numbers_.clear();
  aggregated_ = 0;
  std::error_code ignored;  // opening says what is wrong
  fs::create_directories(directory_, ignored);
  database_.emplace(path_, Database::Access::write);
  const bool empty = prepare(*database_);
  inode_ = inode_of(path_);
  if (empty) {
    ++health_.begun;
    Batch all = known_;
    health_.dropped += absorb(all, std::move(pending_));
    pending_ = std::move(all);
  }
}

// Opens, works; what is thrown becomes this store's health. A file that failed otherwise than for
// want of space or of its lock is opened anew next time.
bool Store::attempt(const std::function<void()>& work) {
  try {
    open();
    work();
    health_.up = true;
    health_.trouble = Trouble::none;
    return true;
  } catch (const DatabaseError& error) {
    health_.up = false;
    health_.trouble = error.trouble;
    health_.text = error.what();
    ++health_.errors;
    const bool stays = error.trouble == Trouble::full || error.trouble == Trouble::locked;
    if (!stays) database_.reset();
    return false;
  }
}

Saved Store::load(WallTime now) {
  Saved saved;
  if (!attempt([&] { saved = read_saved(*database_, now); })) {
    // Somebody else's file is not ours to read, a later version's not ours to understand.
    const Trouble trouble = health_.trouble;
    if (trouble != Trouble::locked && trouble != Trouble::newer) saved = salvage();
    remember(saved);
    if (trouble == Trouble::corrupt) {
      set_aside(now);
      Batch states;
      for (const StateRow& state : saved.states) states.states[state.id] = state;
      save(std::move(states), now);
    }
    return saved;
  }
  remember(saved);
  return saved;
}

Saved Store::salvage() {
  Saved saved;
  try {
    Database database(path_, Database::Access::read);
    salvage_saved(database, saved);
  } catch (const DatabaseError&) {
    // Nothing of it can be read; why it cannot be opened is told already.
  }
  return saved;
}

void Store::set_aside(WallTime now) {
  database_.reset();
  delete_set_aside(directory_);
  const std::string aside = path_ + ".corrupt-" + stamp(now);
  std::error_code error;
  fs::rename(path_, aside, error);
  if (error) return;  // nothing can be written here: told as such by the next attempt
  fs::rename(path_ + "-wal", aside + "-wal", error);
  ++health_.set_aside;
  health_.set_aside_as = aside;
}

void Store::remember(const Saved& saved) {
  for (const EventRow& event : saved.events) known_.events[event.number] = event;
  for (const AlertRow& alert : saved.alerts) known_.alerts[alert.fingerprint] = alert.json;
}

void Store::remember(const Batch& batch) {
  Batch newer{{}, batch.events, batch.alerts, {}};
  absorb(known_, std::move(newer));
  std::erase_if(known_.alerts, [](const auto& alert) { return !alert.second; });
}

bool Store::save(Batch batch, WallTime now) {
  remember(batch);
  health_.dropped += absorb(pending_, std::move(batch));
  const auto writing = [&] { write(pending_); };
  bool written = attempt(writing);
  if (!written && health_.trouble == Trouble::corrupt) {
    set_aside(now);
    written = attempt(writing);
  }
  if (written) pending_ = {};
  return written;
}

void Store::write(const Batch& batch) {
  if (batch.empty()) return;
  Transaction transaction(*database_);
  try {
    write_known(*database_, batch);
    for (const RoundRow& round : batch.rounds) {
      write_round(*database_, number_of(round.target, true), round);
    }
    transaction.commit();
  } catch (const DatabaseError&) {
    numbers_.clear();  // those made in this transaction are gone with it
    throw;
  }
}

std::int64_t Store::number_of(const std::string& target, bool make) {
  const auto found = numbers_.find(target);
  if (found != numbers_.end()) return found->second;
  if (make) {
    database_->prepared("INSERT INTO targets (id) VALUES (?) ON CONFLICT (id) DO NOTHING")
        .bind(target)
        .run();
  }
  Statement& search = database_->prepared("SELECT number FROM targets WHERE id = ?").bind(target);
  const std::int64_t number = search.step() ? search.integer(0) : 0;
  search.reset();
  if (number != 0) numbers_[target] = number;
  return number;
}

Health Store::health() const {
  Health health = health_;
  health.waiting = pending_.size();
  std::error_code error;
  const auto size = fs::file_size(path_, error);
  const auto log_size = fs::file_size(path_ + "-wal", error);
  health.bytes = size == static_cast<std::uintmax_t>(-1) ? 0 : size;
  health.bytes += log_size == static_cast<std::uintmax_t>(-1) ? 0 : log_size;
  return health;
}

Answer<RoundRow> Store::rounds_of(const std::string& target, WallTime from, WallTime to,
                                  std::size_t limit) {
  std::vector<RoundRow> rows;
  const bool read = attempt([&] {
    const std::int64_t number = number_of(target, false);
    if (number != 0) rows = read_rounds(*database_, target, number, from, to, limit);
  });
  if (!read) return health_.text;
  return rows;
}

Answer<HourRow> Store::hours_of(const std::string& target, WallTime from, WallTime to) {
  std::vector<HourRow> rows;
  const bool read = attempt([&] {
    const std::int64_t number = number_of(target, false);
    if (number != 0) rows = read_hours(*database_, target, number, from, to);
  });
  if (!read) return health_.text;
  return rows;
}

Answer<OutcomeRow> Store::outcomes_by_rounds(WallTime from, WallTime to) {
  std::vector<OutcomeRow> rows;
  const auto read = [&] { rows = read_outcomes_of_rounds(*database_, from, to); };
  if (!attempt(read)) return health_.text;
  return rows;
}

Answer<OutcomeRow> Store::outcomes_by_hours(WallTime from, WallTime to) {
  std::vector<OutcomeRow> rows;
  const auto read = [&] { rows = read_outcomes_of_hours(*database_, from, to); };
  if (!attempt(read)) return health_.text;
  return rows;
}

WallTime Store::hours_until() {
  WallTime until;
  attempt([&] { until = read_hours_until(*database_); });
  return until;
}

Answer<EventRow> Store::events_since(WallTime since, std::size_t limit) {
  std::vector<EventRow> rows;
  if (!attempt([&] { rows = read_events(*database_, since, limit); })) return health_.text;
  return rows;
}

}  // namespace reachd::store
