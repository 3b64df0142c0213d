#include "daemon/ledger.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/events/event_json.hpp"
#include "daemon/log.hpp"
#include "daemon/tracker/sighting.hpp"
#include "daemon/tracker/state_json.hpp"
#include "daemon/tracker/tracker.hpp"
#include "probes/json_values.hpp"
#include "probes/net/route.hpp"
#include "probes/print.hpp"
#include "probes/reasons.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kReason = 400;  // characters of a reason that go into an event

// Of a target that is not quiet a crash may take a round or two of evidence; a change goes to the
// store at once.
constexpr std::chrono::milliseconds kSave = std::chrono::seconds(20);
// An event goes to the store whole. One of more members than this waits for the next second: many
// join it then, one by one.
constexpr std::size_t kFewMembers = 16;
constexpr std::size_t kSavedAgain = 1000;  // states a second: some 20 ms of the loop

// A target is quiet while its rounds only repeat what is confirmed, good or bad. Then its state
// goes to the store this seldom: a crash takes what some rounds taught of its speed, or of how
// often it fails.
std::chrono::milliseconds quiet_save(std::chrono::milliseconds interval) {
  return std::clamp<std::chrono::milliseconds>(10 * interval, std::chrono::minutes(5),
                                               std::chrono::hours(1));
}

bool has_evidence(const State& state) {
  return state.fast.sum > 0 || state.slow.sum > 0 || state.other.sum > 0 || state.recovery.sum > 0;
}

// Of a compact target only what tells something is kept: deep rounds, and whatever is judged in
// another way than the round before.
bool is_archived(const TargetBoard& target, const Measurement& measurement) {
  if (target.target->detail == Detail::full || measurement.round == Round::deep) return true;
  if (target.rounds.size() < 2) return true;
  return target.rounds[0].outcome != target.rounds[1].outcome;
}

// What decided, as people would tell it.
std::string words_of(const Measurement& measurement, const Verdict& verdict) {
  std::string words;
  for (const std::string& reason : reasons_of(measurement, verdict)) {
    words += (words.empty() ? "" : "; ") + reason;
  }
  if (words.empty()) words = reason_of(measurement);
  return escape_for_people(words, kReason);
}

json::value parse(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value(nullptr) : value;
}

VantageStatus status_in(const Condition& condition) {
  for (const VantageStatus status : kVantageStatuses) {
    if (condition_of(status) == condition) return status;
  }
  return VantageStatus::online;
}

}  // namespace

Condition condition_of(VantageStatus status) {
  if (status == VantageStatus::online) return {Status::ok, {}};
  return {Status::down, {"vantage." + std::string(to_string(status))}};
}

Ledger::Ledger(const Config& config, Board& board, Metrics& metrics, store::Saver& saver,
               archive::Archiver& archiver, Notifier& notifier)
    : config_(config),
      board_(board),
      metrics_(metrics),
      saver_(saver),
      archiver_(archiver),
      notifier_(notifier) {}

void Ledger::restore(const store::Saved& saved) {
  files_ = saver_.health().begun;
  for (const store::StateRow& row : saved.states) {
    const json::value value = parse(row.json);
    const json::object& object = object_of(value);
    const auto* state = object.if_contains("state");
    auto known = state == nullptr ? std::nullopt : state_from_json(*state);
    if (known) remembered_[row.id] = {text_of(object, "url"), std::move(*known)};
    const auto* failing = object.if_contains("failing");
    if (failing != nullptr && failing->is_number()) {
      background_.failing[row.id] = std::clamp(failing->to_number<double>(), 0.0, 1.0);
    }
  }
  std::vector<Event> events;
  for (const store::EventRow& row : saved.events) {
    if (auto event = event_from_json(parse(row.json))) events.push_back(std::move(*event));
  }
  board_.chronicle = Chronicle(std::move(events), static_cast<std::uint64_t>(saved.last_event));
  if (const Event* event = board_.chronicle.current(Subject::vantage, "")) {
    const Change& change = event->members.back().change;
    board_.vantage_state.confirmed = status_in(change.to);
    board_.vantage_state.since = change.onset.before;
    metrics_.observe_vantage(board_.vantage_state.confirmed);
  }
  std::map<std::string, std::string> alerts;
  for (const store::AlertRow& row : saved.alerts) alerts[row.fingerprint] = row.json;
  notifier_.restore(AlertBook(alerts));
}

void Ledger::configure() {
  std::set<std::string> known;     // targets of which something is: what they were in goes on
  std::set<std::string> alerting;  // whatever the store said of alerts: they follow the states
  if (board_.vantage_state.confirmed != VantageStatus::online) alerting.insert("");
  std::chrono::milliseconds fastest = std::chrono::hours(24);
  for (auto& [id, target] : board_.targets) {
    fastest = std::min(fastest, target.target->interval);
    const auto stored = remembered_.find(id);
    if (stored != remembered_.end() && stored->second.url == target.target->url) {
      target.state = std::move(stored->second.state);
    }
    if (target.state != State{}) known.insert(id);
    if (calls_for_alert(target.state.confirmed)) alerting.insert(id);
    metrics_.observe_state(id, target.state);
  }
  remembered_.clear();
  std::erase_if(background_.failing, [this](const auto& control) {
    return std::ranges::none_of(config_.controls.foreign, [&](const Target& foreign) {
      return id_of(foreign) == control.first;
    });
  });
  const WallTime now = std::chrono::system_clock::now();
  for (const std::uint64_t id : board_.chronicle.keep_only(known, now)) {
    save(*board_.chronicle.find(id));
  }
  detector_ = solve_detector(config_.false_alarms, std::max<std::size_t>(1, board_.targets.size()),
                             fastest);
  own_addresses_ = std::make_shared<const std::vector<std::string>>(net::own_addresses());
  notifier_.update([&](AlertBook& book) { book.keep_only(alerting, now); });
}

bool Ledger::file(TargetBoard& target, std::shared_ptr<const Measurement> measurement,
                  const Verdict& verdict) {
  const std::string id = id_of(target.target);
  const double p0 = p0_of(background_, measurement->controls);
  const bool had_evidence = has_evidence(target.state);
  Tracked tracked =
      track(target.state, sight(*measurement, verdict, p0, target.target->interval), detector_);
  target.state = std::move(tracked.state);
  if (tracked.change) {
    tracked.change->reason = words_of(*measurement, verdict);
    tracked.change->confirmed = measurement->began + measurement->runtime;  // now it is known
  }
  metrics_.observe(*measurement, verdict, target.state,
                   tracked.change ? &*tracked.change : nullptr);
  if (tracked.change && tracked.change->passage == Passage::refined) {
    refine(id, *tracked.change);
  } else if (tracked.change && tracked.change->passage != Passage::settled) {
    tell(Subject::target, id, *tracked.change, target.target->interval);
  }
  const bool quiet = !tracked.change && !had_evidence && !has_evidence(target.state) &&
                     target.state.confirmed.status != Status::insufficient;
  target.unsaved = true;
  const auto unsaved_for = std::chrono::abs(measurement->began - target.saved);
  if (tracked.change || unsaved_for >= (quiet ? quiet_save(target.target->interval) : kSave)) {
    save(target);
    target.saved = measurement->began;
  }
  saver_.put(store::round_row(*measurement, verdict, *target.rounds.front().reason));
  if (is_archived(target, *measurement)) {
    archiver_.put(std::move(measurement), verdict, own_addresses_);
  }
  return tracked.suspicious;
}

void Ledger::file(const Target& control, bool ok, WallTime began, const Vantage& vantage) {
  VantageTracked tracked = track(board_.vantage_state, vantage, began);
  board_.vantage_state = std::move(tracked.state);
  const bool online = vantage.status == VantageStatus::online &&
                      board_.vantage_state.confirmed == VantageStatus::online;
  if (online && control.service == "control.foreign") {
    note(background_, id_of(control), ok);
    save_background(id_of(control));
  }
  metrics_.observe_vantage(board_.vantage_state.confirmed);
  if (!tracked.change) return;
  const VantageChange& change = *tracked.change;
  const bool back = change.to == VantageStatus::online;
  tell(Subject::vantage, "",
       {.passage =
            back ? Passage::recovery
                 : (change.from == VantageStatus::online ? Passage::trouble : Passage::method),
        .from = condition_of(change.from),
        .to = condition_of(change.to),
        .onset = change.onset,
        .confirmed = change.confirmed,
        .rule = change.rule,
        .reason = "the controls say: " + std::string(to_string(change.to))},
       control.interval);
}

void Ledger::tell(Subject subject, const std::string& name, Change change,
                  std::chrono::milliseconds interval) {
  const auto touched = board_.chronicle.file(subject, {name, std::move(change)}, interval);
  for (const std::uint64_t id : touched) {
    if (const Event* event = board_.chronicle.find(id)) save(*event);
  }
  const Event& event = *board_.chronicle.find(touched.front());
  const Member& member = event.members.back();
  log::write(log::Level::warning, "change",
             {{"event", std::to_string(event.id)},
              {"what", headline(event)},
              {"target", name.empty() ? std::string("vantage") : name},
              {"rule", member.change.rule},
              {"reason", member.change.reason},
              {"flapping", member.change.flapping ? "true" : "false"}});
  alert(event, member);
}

void Ledger::refine(const std::string& name, const Change& change) {
  const auto id = board_.chronicle.refine(Subject::target, name, change);
  if (!id) return;
  const Event& event = *board_.chronicle.find(*id);
  save(event);
  alert(event, *std::ranges::find(event.members, name, &Member::target), true);
}

void Ledger::alert(const Event& event, const Member& member, bool refined) {
  notifier_.update([&](AlertBook& book) {
    if (!calls_for_alert(member.change.to)) {
      return book.resolve(member.target, member.change.confirmed);
    }
    Alert told = alert_of(event, member, config_.vantage, config_.alertmanager.external_url);
    refined ? book.refine(member.target, std::move(told))
            : book.raise(member.target, std::move(told));
  });
  save_alerts();
}

void Ledger::save(const Event& event) {
  if (event.members.size() > kFewMembers) {
    unsaved_events_.insert(event.id);
  } else {
    put(event);
  }
}

void Ledger::put(const Event& event) {
  saver_.put(store::EventRow{static_cast<std::int64_t>(event.id), json::serialize(to_json(event)),
                             opened(event), std::chrono::system_clock::now(), event.ended});
}

void Ledger::save(TargetBoard& target) {
  target.unsaved = false;
  saver_.put(store::StateRow{
      id_of(target.target),
      json::serialize(json::object{{"url", target.target->url}, {"state", to_json(target.state)}}),
      std::chrono::system_clock::now()});
}

void Ledger::save_background(const std::string& control) {
  const auto known = background_.failing.find(control);
  if (known == background_.failing.end()) return;
  saver_.put(store::StateRow{control, json::serialize(json::object{{"failing", known->second}}),
                             std::chrono::system_clock::now()});
}

void Ledger::save_states() {
  for (auto& [id, target] : board_.targets) {
    if (target.unsaved || (again_ && id >= *again_)) save(target);
  }
  again_.reset();
}

void Ledger::save_alerts() {
  notifier_.update([this](AlertBook& book) {
    for (auto& [key, text] : book.take_changes()) {
      if (text) {
        saver_.put(store::AlertRow{key, std::move(*text)});
      } else {
        saver_.drop_alert(key);
      }
    }
  });
}

void Ledger::save_news() {
  for (const std::uint64_t id : std::exchange(unsaved_events_, {})) {
    if (const Event* event = board_.chronicle.find(id)) put(*event);
  }
  save_alerts();
  save_again();
}

void Ledger::save_again() {
  const std::uint64_t files = saver_.health().begun;
  if (std::exchange(files_, files) != files) {
    again_ = "";
    for (const auto& [control, failing] : background_.failing) save_background(control);
  }
  if (!again_) return;
  auto target = board_.targets.lower_bound(*again_);
  for (std::size_t i = 0; i < kSavedAgain && target != board_.targets.end(); ++i, ++target) {
    if (target->second.state != State{}) save(target->second);
  }
  again_ = target == board_.targets.end() ? std::nullopt : std::optional(target->first);
}

}  // namespace reachd
