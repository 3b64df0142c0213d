#include "daemon/web/history.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "daemon/store/saver.hpp"

namespace reachd::web {
namespace json = boost::json;
namespace {

constexpr std::array kWorstFirst{Status::blocked, Status::likely_blocked, Status::down,
                                 Status::impaired, Status::insufficient};
constexpr std::int64_t kTenth = 10;

std::int64_t seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Status status_of(const store::HourRow& hour) {
  std::int64_t sum = 0;
  for (const std::int64_t count : hour.rounds) sum += count;
  for (const Status status : kWorstFirst) {
    const std::int64_t count = hour.rounds.at(static_cast<std::size_t>(status));
    if (count > 0 && count * kTenth >= sum) return status;
  }
  return Status::ok;
}

struct Columns {
  json::array times;
  json::array status;
  std::array<json::array, kPhases.size()> phases;

  void add(WallTime time, Status what, const Phases& took) {
    times.emplace_back(seconds(time));
    status.emplace_back(to_string(what));
    for (std::size_t i = 0; i < kPhases.size(); ++i) {
      phases.at(i).push_back(took.at(i)
                                 ? json::value(static_cast<double>(took.at(i)->count()) / 1000)
                                 : json::value(nullptr));
    }
  }
};

json::array events_of(const Chronicle& chronicle, const std::string& id, WallTime since) {
  json::array events;
  for (const Event& event : chronicle.all()) {
    if (event.subject != Subject::target) continue;
    const auto member = std::ranges::find(event.members, id, &Member::target);
    if (member == event.members.end() || member->change.onset.before < since) continue;
    events.push_back(json::object{{"time", seconds(member->change.onset.before)},
                                  {"status", to_string(member->change.to.status)}});
  }
  return events;
}

}  // namespace

boost::asio::awaitable<Past> past_of(store::Saver& saver, std::string id, WallTime since,
                                     WallTime now) {
  Past past;
  if (now - since <= kRoundsKept) {
    auto rounds = co_await saver.rounds_of(std::move(id), since, now, kMostPoints);
    rounds ? void(past.rounds = std::move(*rounds)) : void(past.trouble = rounds.error());
  } else {
    auto hours = co_await saver.hours_of(std::move(id), since, now);
    hours ? void(past.hours = std::move(*hours)) : void(past.trouble = hours.error());
  }
  co_return past;
}

json::object history_json(const Past& past, const Chronicle& chronicle, const std::string& id,
                          WallTime since) {
  Columns columns;
  const bool hours = !past.hours.empty();
  if (hours) {
    for (const store::HourRow& hour : past.hours)
      columns.add(hour.hour, status_of(hour), hour.median);
  } else {
    for (auto round = past.rounds.rbegin(); round != past.rounds.rend(); ++round) {
      columns.add(round->began, round->status, round->phases);
    }
  }
  json::object object{
      {"resolution", hours ? "hour" : "round"},
      {"times", std::move(columns.times)},
      {"status", std::move(columns.status)},
      {"events", events_of(chronicle, id, since)},
      {"trouble", past.trouble.empty() ? json::value(nullptr) : json::value(past.trouble)}};
  for (const Phase phase : kPhases) {
    object[to_string(phase)] = std::move(columns.phases.at(static_cast<std::size_t>(phase)));
  }
  return object;
}

}  // namespace reachd::web
