#include "daemon/store/schema.hpp"

#include <array>
#include <string>

namespace reachd::store {
namespace {

// A step is never changed once released: a file knows by its number (user_version) which it has
// seen. Times are microseconds since the epoch, durations microseconds, statuses their words.
constexpr std::array kSteps{
    R"(CREATE TABLE states (id TEXT PRIMARY KEY, json TEXT NOT NULL, updated INTEGER NOT NULL);
       CREATE TABLE events (number INTEGER PRIMARY KEY, json TEXT NOT NULL,
         opened INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER);
       CREATE INDEX events_updated ON events (updated);
       CREATE INDEX events_open ON events (number) WHERE closed IS NULL;
       CREATE TABLE alerts (fingerprint TEXT PRIMARY KEY, json TEXT NOT NULL);
       CREATE TABLE targets (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
       CREATE TABLE rounds (slot INTEGER, target INTEGER, began INTEGER, round TEXT NOT NULL,
         status TEXT NOT NULL, rule TEXT NOT NULL, kinds TEXT NOT NULL, reason TEXT NOT NULL,
         runtime INTEGER NOT NULL, dns INTEGER, connect INTEGER, tls INTEGER, first_byte INTEGER,
         transfer INTEGER, PRIMARY KEY (slot, target, began)) WITHOUT ROWID;
       CREATE TABLE hours (hour INTEGER, target INTEGER, ok INTEGER NOT NULL,
         blocked INTEGER NOT NULL, likely_blocked INTEGER NOT NULL, impaired INTEGER NOT NULL,
         down INTEGER NOT NULL, insufficient INTEGER NOT NULL, dns_median INTEGER,
         connect_median INTEGER, tls_median INTEGER, first_byte_median INTEGER,
         transfer_median INTEGER, dns_p95 INTEGER, connect_p95 INTEGER, tls_p95 INTEGER,
         first_byte_p95 INTEGER, transfer_p95 INTEGER,
         PRIMARY KEY (hour, target)) WITHOUT ROWID;
       CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL);)"};

}  // namespace

bool prepare(Database& database) {
  // FULL: a commit is on the disk when it returns. NORMAL would do against the end of the process,
  // but a power cut could then take back all since the last checkpoint: hours, with few targets.
  database.run(
      "PRAGMA auto_vacuum = INCREMENTAL;"
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA journal_size_limit = 16777216;"
      "PRAGMA cache_size = -4096");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version > static_cast<std::int64_t>(kSteps.size())) {
    throw DatabaseError(Trouble::newer, "the file is of a later version (" +
                                            std::to_string(version) + ") than this program knows");
  }
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    Transaction transaction(database);
    database.run(kSteps[step]);
    database.run(("PRAGMA user_version = " + std::to_string(step + 1)).c_str());
    transaction.commit();
  }
  return version == 0;
}

}  // namespace reachd::store
