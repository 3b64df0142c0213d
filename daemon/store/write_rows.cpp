#include "daemon/store/write_rows.hpp"

#include <string>

#include "daemon/store/schema.hpp"

namespace reachd::store {
namespace {

void bind_phases(Statement& statement, const Phases& phases) {
  for (const auto& phase : phases) {
    if (phase) {
      statement.bind(phase->count());
    } else {
      statement.bind_null();
    }
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

std::int64_t micros(WallTime time) {
  return std::chrono::floor<Micros>(time.time_since_epoch()).count();
}

std::int64_t slot_of(WallTime time) {
  return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()) / kSlot;
}

void write_known(Database& database, const Batch& batch) {
  for (const auto& [id, state] : batch.states) {
    database
        .prepared(
            "INSERT INTO states (id, json, updated) VALUES (?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET json = excluded.json, updated = excluded.updated")
        .bind(id)
        .bind(state.json)
        .bind(micros(state.updated))
        .run();
  }
  for (const auto& [number, event] : batch.events) {
    Statement& insert = database.prepared(
        "INSERT OR REPLACE INTO events (number, json, opened, updated, closed) "
        "VALUES (?, ?, ?, ?, ?)");
    insert.bind(number).bind(event.json).bind(micros(event.opened)).bind(micros(event.updated));
    if (event.closed) {
      insert.bind(micros(*event.closed));
    } else {
      insert.bind_null();
    }
    insert.run();
  }
  for (const auto& [fingerprint, json] : batch.alerts) {
    if (json) {
      database.prepared("INSERT OR REPLACE INTO alerts (fingerprint, json) VALUES (?, ?)")
          .bind(fingerprint)
          .bind(*json)
          .run();
    } else {
      database.prepared("DELETE FROM alerts WHERE fingerprint = ?").bind(fingerprint).run();
    }
  }
}

void write_round(Database& database, std::int64_t target, const RoundRow& round) {
  Statement& insert = database.prepared(
      "INSERT OR REPLACE INTO rounds (slot, target, began, round, status, rule, kinds, reason, "
      "runtime, dns, connect, tls, first_byte, transfer) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(slot_of(round.began))
      .bind(target)
      .bind(micros(round.began))
      .bind(to_string(round.round))
      .bind(to_string(round.status))
      .bind(round.rule)
      .bind(joined(round.kinds))
      .bind(std::string_view(round.reason).substr(0, kMostReason))
      .bind(round.runtime.count());
  bind_phases(insert, round.phases);
  insert.run();
}

void write_hour(Database& database, std::int64_t target, const HourRow& hour) {
  Statement& insert = database.prepared(
      "INSERT OR REPLACE INTO hours VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(micros(hour.hour)).bind(target);
  for (const std::int64_t rounds : hour.rounds) insert.bind(rounds);
  bind_phases(insert, hour.median);
  bind_phases(insert, hour.p95);
  insert.run();
}

}  // namespace reachd::store
