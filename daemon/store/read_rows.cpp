#include "daemon/store/read_rows.hpp"

#include <algorithm>
#include <sstream>

#include "daemon/store/schema.hpp"
#include "daemon/store/write_rows.hpp"

namespace reachd::store {
namespace {

WallTime time_of(std::int64_t micros) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(Micros(micros)));
}

Status status_of(std::string_view word) {
  const auto* found = std::ranges::find(kStatuses, word, [](Status s) { return to_string(s); });
  return found == kStatuses.end() ? Status::insufficient : *found;
}

Round round_of(std::string_view word) {
  for (const Round round : {Round::deep, Round::confirm}) {
    if (to_string(round) == word) return round;
  }
  return Round::light;
}

Phases phases_from(const Statement& row, int column) {
  Phases phases;
  for (auto& phase : phases) {
    if (const auto value = row.maybe(column++)) phase = Micros(*value);
  }
  return phases;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

EventRow event_from(const Statement& row) {
  EventRow event{row.integer(0), row.text(1), time_of(row.integer(2)), time_of(row.integer(3)), {}};
  if (const auto closed = row.maybe(4)) event.closed = time_of(*closed);
  return event;
}

void read_states(Database& database, std::vector<StateRow>& states) {
  Statement& rows = database.prepared("SELECT id, json, updated FROM states ORDER BY id");
  while (rows.step()) states.push_back({rows.text(0), rows.text(1), time_of(rows.integer(2))});
}

void read_alerts(Database& database, std::vector<AlertRow>& alerts) {
  Statement& rows = database.prepared("SELECT fingerprint, json FROM alerts ORDER BY fingerprint");
  while (rows.step()) alerts.push_back({rows.text(0), rows.text(1)});
}

void read_events_opened(Database& database, WallTime since, std::vector<EventRow>& events) {
  Statement& rows = database.prepared(
      "SELECT number, json, opened, updated, closed FROM events "
      "WHERE closed IS NULL OR opened >= ? ORDER BY number");
  rows.bind(micros(since));
  while (rows.step()) events.push_back(event_from(rows));
}

// What a table gives before it fails.
template <typename Read>
void as_far_as_possible(const Read& read) {
  try {
    read();
  } catch (const DatabaseError&) {
    // The damage: what was read before it is there.
  }
}

}  // namespace

Saved read_saved(Database& database, WallTime now) {
  constexpr auto kRecent = std::chrono::hours(48);
  Saved saved;
  read_states(database, saved.states);
  read_events_opened(database, now - kRecent, saved.events);
  read_alerts(database, saved.alerts);
  saved.last_event = database.number("SELECT max(number) FROM events");
  return saved;
}

void salvage_saved(Database& database, Saved& saved) {
  as_far_as_possible([&] { read_states(database, saved.states); });
  as_far_as_possible([&] { read_events_opened(database, WallTime{}, saved.events); });
  as_far_as_possible([&] { read_alerts(database, saved.alerts); });
  for (const EventRow& event : saved.events) {
    saved.last_event = std::max(saved.last_event, event.number);
  }
}

std::vector<RoundRow> read_rounds(Database& database, const std::string& target,
                                  std::int64_t number, WallTime from, WallTime to,
                                  std::size_t limit) {
  std::vector<RoundRow> rounds;
  // No further than there are rows, whatever span was asked for.
  const std::int64_t oldest =
      std::max(slot_of(from), database.number("SELECT min(slot) FROM rounds"));
  const std::int64_t newest =
      std::min(slot_of(to), database.number("SELECT max(slot) FROM rounds"));
  for (std::int64_t slot = newest; slot >= oldest && rounds.size() < limit; --slot) {
    Statement& rows = database.prepared(
        "SELECT began, round, status, rule, kinds, reason, runtime, dns, connect, tls, first_byte, "
        "transfer FROM rounds WHERE slot = ? AND target = ? AND began >= ? AND began < ? "
        "ORDER BY began DESC");
    rows.bind(slot).bind(number).bind(micros(from)).bind(micros(to));
    while (rounds.size() < limit && rows.step()) {
      rounds.push_back({target, time_of(rows.integer(0)), round_of(rows.text(1)),
                        status_of(rows.text(2)), rows.text(3), words_of(rows.text(4)), rows.text(5),
                        Micros(rows.integer(6)), phases_from(rows, 7)});
    }
    rows.reset();
  }
  return rounds;
}

std::vector<HourRow> read_hours(Database& database, const std::string& target, std::int64_t number,
                                WallTime from, WallTime to) {
  using std::chrono::hours;
  std::vector<HourRow> found;
  const WallTime oldest = time_of(database.number("SELECT min(hour) FROM hours"));
  const WallTime newest = time_of(database.number("SELECT max(hour) FROM hours"));
  WallTime hour = std::chrono::ceil<hours>(std::max(from, oldest));
  for (; hour < to && hour <= newest; hour += hours(1)) {
    Statement& row = database.prepared("SELECT * FROM hours WHERE hour = ? AND target = ?");
    row.bind(micros(hour)).bind(number);
    if (!row.step()) continue;
    HourRow made{target, hour, {}, phases_from(row, 8), phases_from(row, 13)};
    int column = 2;
    for (std::int64_t& rounds : made.rounds) rounds = row.integer(column++);
    found.push_back(std::move(made));
  }
  return found;
}

std::vector<OutcomeRow> read_outcomes_of_rounds(Database& database, WallTime from, WallTime to) {
  std::vector<OutcomeRow> outcomes;
  if (from >= to) return outcomes;
  Statement& rows = database.prepared(
      "SELECT id, status, count(*), avg(coalesce(dns, 0) + coalesce(connect, 0) + coalesce(tls, 0) "
      "+ coalesce(first_byte, 0)) FROM rounds JOIN targets ON number = target "
      "WHERE slot BETWEEN ? AND ? AND began >= ? AND began < ? GROUP BY target, status");
  rows.bind(slot_of(from)).bind(slot_of(to)).bind(micros(from)).bind(micros(to));
  while (rows.step()) {
    OutcomeRow row{rows.text(0), status_of(rows.text(1)),
                   static_cast<std::uint64_t>(rows.integer(2)), std::nullopt};
    if (rows.integer(3) > 0) row.latency = Micros(rows.integer(3));
    outcomes.push_back(std::move(row));
  }
  return outcomes;
}

std::vector<OutcomeRow> read_outcomes_of_hours(Database& database, WallTime from, WallTime to) {
  std::vector<OutcomeRow> outcomes;
  if (from >= to) return outcomes;
  Statement& rows = database.prepared(
      "SELECT id, sum(ok), sum(blocked), sum(likely_blocked), sum(impaired), sum(down), "
      "sum(insufficient) FROM hours JOIN targets ON number = target "
      "WHERE hour >= ? AND hour < ? GROUP BY target");
  rows.bind(micros(from)).bind(micros(to));
  while (rows.step()) {
    int column = 1;
    for (const Status status : kStatuses) {
      const std::int64_t rounds = rows.integer(column++);
      if (rounds > 0) {
        outcomes.push_back(
            {rows.text(0), status, static_cast<std::uint64_t>(rounds), std::nullopt});
      }
    }
  }
  return outcomes;
}

WallTime read_hours_until(Database& database) {
  return time_of(database.number("SELECT value FROM progress WHERE name = 'aggregated until'"));
}

std::vector<EventRow> read_events(Database& database, WallTime since, std::size_t limit) {
  std::vector<EventRow> events;
  Statement& rows = database.prepared(
      "SELECT number, json, opened, updated, closed FROM events WHERE updated >= ? "
      "ORDER BY number DESC LIMIT ?");
  rows.bind(micros(since)).bind(static_cast<std::int64_t>(limit));
  while (rows.step()) events.push_back(event_from(rows));
  return events;
}

}  // namespace reachd::store
