#include "daemon/timetable.hpp"

#include <algorithm>
#include <cmath>

namespace reachd {

struct Timetable::Entry {
  SharedTarget target;
  std::uint64_t plan = 0;  // number of the plan that named it last
  std::uint64_t turn = 0;
  int failing = 0;                      // rounds in a row that asked for backoff
  std::chrono::milliseconds period{0};  // the interval, backed off
  bool confirm = false;                 // the next round is one
  bool running = false;
  bool stale = false;  // the round under way is of a target that was changed or taken out
  LoopTime point;      // of the grid, not moved by jitter: the one the latest round belongs to
  LoopTime due;        // of the next round; while a stale round runs, of the first one after it
  LoopTime miss;       // while it waits: when it will have waited one whole period more
  std::optional<LoopTime> last_deep;
};

Timetable::Timetable() = default;
Timetable::~Timetable() = default;

void Timetable::enqueue(Entry& entry, LoopTime due) {
  entry.due = due;
  upcoming_.emplace(due, &entry);
}

void Timetable::dequeue(Entry& entry) {
  if (waiting_.erase({entry.due, &entry}) > 0) {
    misses_.erase({entry.miss, &entry});
  } else {
    upcoming_.erase({entry.due, &entry});
  }
}

// It is due: counts the whole periods that it has waited, beyond those counted before.
void Timetable::wait_on(Entry& entry, std::int64_t counted, LoopTime now) {
  missed_ += static_cast<std::uint64_t>(intervals_since(entry.due, now, entry.period) - counted);
  entry.miss = next_due(entry.due, now, entry.period, 0, 0);
  misses_.emplace(entry.miss, &entry);
}

// Makes an entry that of a target never seen before.
void Timetable::renew(Entry& entry, const SharedTarget& target, std::size_t newcomers,
                      LoopTime now) {
  if (!entry.running) dequeue(entry);
  const FirstLook first = first_look(target, *origin_, now, newcomers);
  entry.target = target;
  entry.turn = 0;
  entry.failing = 0;
  entry.period = target->interval;
  entry.confirm = false;
  entry.stale = entry.running;
  entry.point = first.point;
  entry.due = first.at;
  entry.last_deep.reset();
  if (!entry.running) enqueue(entry, first.at);
}

std::vector<std::string> Timetable::set_targets(std::vector<SharedTarget> targets,
                                                const ScheduleSettings& settings, LoopTime now) {
  settings_ = settings;
  if (!origin_) origin_ = now;
  ++plans_;
  std::vector<std::string> called_off;
  std::vector<std::pair<Entry*, SharedTarget>> newcomers;
  for (SharedTarget& target : targets) {
    const std::string id = id_of(target);
    std::unique_ptr<Entry>& entry = entries_[id];
    if (entry && entry->plan == plans_) continue;  // named twice: the first counts
    const bool known = entry && entry->target == target && !entry->stale;
    if (!entry) entry = std::make_unique<Entry>();
    entry->plan = plans_;
    if (known) {
      entry->target = std::move(target);  // equal: one is enough
      continue;
    }
    if (entry->running && !entry->stale) called_off.push_back(id);
    newcomers.emplace_back(entry.get(), std::move(target));
  }
  for (auto& [entry, target] : newcomers) renew(*entry, target, newcomers.size(), now);
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = *it->second;
    if (entry.plan == plans_) {
      ++it;
    } else if (entry
                   .running) {  // goes when its round has ended, lest a second one starts beside it
      if (!entry.stale) called_off.push_back(it->first);
      entry.stale = true;
      ++it;
    } else {
      dequeue(entry);
      it = entries_.erase(it);
    }
  }
  return called_off;
}

std::uint64_t Timetable::advance(LoopTime now) {
  while (!upcoming_.empty() && upcoming_.begin()->first <= now) {
    auto node = upcoming_.extract(upcoming_.begin());
    Entry& entry = *node.value().second;
    waiting_.insert(std::move(node));
    wait_on(entry, 0, now);
  }
  while (!misses_.empty() && misses_.begin()->first <= now) {
    Entry& entry = *misses_.begin()->second;
    misses_.erase(misses_.begin());
    wait_on(entry, intervals_since(entry.due, entry.miss, entry.period) - 1, now);
  }
  return std::exchange(missed_, 0);
}

std::optional<Timetable::Start> Timetable::begin(LoopTime now) {
  if (waiting_.empty()) return std::nullopt;
  Entry& entry = *waiting_.begin()->second;
  dequeue(entry);
  entry.running = true;
  // The point of the grid that this round stands for; a confirmation stands for none of its own.
  const LoopTime since = entry.confirm ? entry.point : entry.due;
  entry.point += intervals_since(since, now, entry.period) * LoopSpan(entry.period);

  // Rounds are moved by jitter: half an interval early is on time.
  const bool deep =
      !entry.confirm && (!entry.last_deep || now + LoopSpan(entry.target->interval) / 2 >=
                                                 *entry.last_deep + settings_.deep_every);
  if (deep) entry.last_deep = now;
  const Round round = entry.confirm ? Round::confirm : deep ? Round::deep : Round::light;
  return Start{{entry.target, round, entry.turn++}, now - entry.due};
}

bool Timetable::finish(const std::string& id, NextRound next, LoopTime now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  Entry& entry = *found->second;
  entry.running = false;
  if (entry.stale) {
    entry.stale = false;
    if (entry.plan != plans_) {
      entries_.erase(found);
    } else {
      enqueue(entry, std::max(entry.due, now));
    }
    return false;
  }
  entry.failing = next == NextRound::backoff ? std::min(entry.failing + 1, 40) : 0;
  entry.period = backed_off(entry.target->interval, entry.failing);
  entry.confirm = next == NextRound::confirm;
  if (entry.confirm) {
    enqueue(entry, now + std::min(settings_.confirm_after, entry.target->interval));
    return true;
  }
  const double offset = jitter_of(entry.target, entry.turn);
  if (next == NextRound::quiet) {
    // Never sooner; the grid stays, and what of it goes by meanwhile was not missed.
    const LoopTime quiet =
        now + settings_.residual + shift_of(settings_.residual, settings_.jitter, std::abs(offset));
    entry.point += intervals_since(entry.point, quiet, entry.period) * LoopSpan(entry.period);
    enqueue(entry, quiet);
    return true;
  }
  const LoopTime due = next_due(entry.point, now, entry.period, settings_.jitter, offset);
  const LoopTime point = due - shift_of(entry.period, settings_.jitter, offset);
  missed_ += static_cast<std::uint64_t>(intervals_since(entry.point, point, entry.period) - 1);
  entry.point = point;
  enqueue(entry, due);
  return true;
}

LoopTime Timetable::next_event() const {
  const LoopTime due = upcoming_.empty() ? kNever : upcoming_.begin()->first;
  return misses_.empty() ? due : std::min(due, misses_.begin()->first);
}

LoopTime Timetable::next_events(LoopSpan span) const {
  const LoopTime first = next_event();
  if (first == kNever) return kNever;
  LoopTime latest = first;
  for (const Queue* queue : {&upcoming_, &misses_}) {
    const auto after = queue->lower_bound({first + span, nullptr});
    if (after != queue->begin()) latest = std::max(latest, std::prev(after)->first);
  }
  return latest;
}

LoopTime Timetable::earliest_due() const {
  return waiting_.empty() ? next_event() : waiting_.begin()->first;
}

LoopTime Timetable::due(const std::string& id) const {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second->running) return kNever;
  return found->second->due;
}

}  // namespace reachd
