#include "daemon/store/saver.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log.hpp"

namespace reachd::store {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr std::chrono::milliseconds kEvery = 1s;
constexpr std::chrono::milliseconds kLongestPause = 30s;
constexpr std::size_t kFull = 5000;  // rows that are written without waiting for the second
constexpr const char* kNoRoom = "the worker is busy";

WallTime now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Saver::Saver(asio::any_io_executor loop, Worker& worker, const std::string& directory,
             Limits limits)
    : worker_(worker),
      store_(std::make_shared<Store>(directory, limits)),
      directory_(directory),
      recurrence_(std::move(loop)),
      patience_(kEvery) {}

Saved Saver::load() {
  Saved saved = store_->load(now());
  const Health health = store_->health();
  if (!health.up || health.set_aside > 0) {
    // Nobody has a thousand changes a second for long.
    const auto since_epoch =
        std::chrono::floor<std::chrono::milliseconds>(now().time_since_epoch());
    saved.last_event = std::max<std::int64_t>(saved.last_event, since_epoch.count());
  }
  note(health);
  return saved;
}

void Saver::start() {
  recurrence_.start([this] { return turn(); });
}

asio::awaitable<void> Saver::stop() {
  co_await recurrence_.stop();
  if (!batch_.empty() || health_.waiting > 0) co_await write();
}

asio::awaitable<void> Saver::turn() {
  while (!recurrence_.stopping()) {
    if ((batch_.size() < kFull && !hurry_) || !health_.up) {
      co_await recurrence_.pause(patience_);
    }
    if (recurrence_.stopping()) break;
    if (!batch_.empty() || !health_.up) co_await write();
    if (health_.up) co_await tidy();
  }
}

asio::awaitable<void> Saver::write() {
  hurry_ = false;
  auto batch = std::make_shared<Batch>(std::exchange(batch_, {}));
  auto report = co_await worker_.ask([store = store_, batch] {
    store->save(std::move(*batch), now());
    return store->health();
  });
  if (report) {
    note(std::move(*report));
  } else {  // no room: it was not taken, and comes before what came since
    dropped_ += absorb(*batch, std::exchange(batch_, {}));
    batch_ = std::move(*batch);
  }
}

// Slice by slice, each a job of its own: others come in between.
asio::awaitable<void> Saver::tidy() {
  bool more = true;
  while (more && !recurrence_.stopping() && batch_.size() < kFull) {
    auto report = co_await worker_.ask([store = store_] {
      const bool again = store->tidy(now());
      return std::pair(again, store->health());
    });
    more = report && report->first;
    if (report) note(std::move(report->second));
  }
}

void Saver::note(Health health) {
  if (health.set_aside > health_.set_aside) {
    log::warning("store_set_aside", {{"damaged", health.set_aside_as}, {"error", health.text}});
  }
  const bool known = health_.up || health_.trouble != Trouble::none;
  if (!health.up && (health_.up || !known)) {
    failing_since_ = std::chrono::steady_clock::now();
    log::error("store_failed", {{"directory", directory_},
                                {"trouble", to_string(health.trouble)},
                                {"error", health.text},
                                {"result", "what changes is kept in memory, and tried again"}});
  }
  if (health.up && known && !health_.up) {
    const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - failing_since_);
    log::info("store_recovered", {{"directory", directory_},
                                  {"lasted_seconds", lasted.count()},
                                  {"dropped", health.dropped + dropped_}});
  }
  patience_ = health.up ? kEvery : std::min(patience_ * 2, kLongestPause);
  health_ = std::move(health);
}

void Saver::set_limits(Limits limits) {
  worker_.post([store = store_, limits] { store->set_limits(limits); });
}

void Saver::put(StateRow state) {
  std::string id = state.id;
  batch_.states[std::move(id)] = std::move(state);
}

void Saver::put(EventRow event) {
  const std::int64_t number = event.number;
  batch_.events[number] = std::move(event);
  // Somebody is about to be told of it: what it took to get here goes with it, in one transaction.
  // Not while writing fails: that is tried at its own pace.
  if (!health_.up) return;
  hurry_ = true;
  recurrence_.hurry();
}

void Saver::put(AlertRow alert) {
  batch_.alerts[std::move(alert.fingerprint)] = std::move(alert.json);
}

void Saver::drop_alert(const std::string& fingerprint) {
  batch_.alerts[fingerprint] = std::nullopt;
}

void Saver::put(RoundRow round) {
  batch_.rounds.push_back(std::move(round));
  if (batch_.rounds.size() > Batch::kMostRounds) {
    batch_.rounds.pop_front();
    ++dropped_;
  }
  if (batch_.size() == kFull) recurrence_.hurry();
}

asio::awaitable<Answer<RoundRow>> Saver::rounds_of(std::string target, WallTime from, WallTime to,
                                                   std::size_t limit) {
  auto answer = co_await worker_.ask([store = store_, target = std::move(target), from, to, limit] {
    return store->rounds_of(target, from, to, limit);
  });
  co_return answer ? std::move(*answer) : Answer<RoundRow>(std::string(kNoRoom));
}

asio::awaitable<Answer<HourRow>> Saver::hours_of(std::string target, WallTime from, WallTime to) {
  auto answer = co_await worker_.ask([store = store_, target = std::move(target), from, to] {
    return store->hours_of(target, from, to);
  });
  co_return answer ? std::move(*answer) : Answer<HourRow>(std::string(kNoRoom));
}

asio::awaitable<Answer<OutcomeRow>> Saver::outcomes_by_rounds(WallTime from, WallTime to) {
  auto answer = co_await worker_.ask(
      [store = store_, from, to] { return store->outcomes_by_rounds(from, to); });
  co_return answer ? std::move(*answer) : Answer<OutcomeRow>(std::string(kNoRoom));
}

asio::awaitable<Answer<OutcomeRow>> Saver::outcomes_by_hours(WallTime from, WallTime to) {
  auto answer = co_await worker_.ask(
      [store = store_, from, to] { return store->outcomes_by_hours(from, to); });
  co_return answer ? std::move(*answer) : Answer<OutcomeRow>(std::string(kNoRoom));
}

asio::awaitable<std::optional<WallTime>> Saver::hours_until() {
  co_return co_await worker_.ask([store = store_] { return store->hours_until(); });
}

asio::awaitable<Answer<EventRow>> Saver::events_since(WallTime since, std::size_t limit) {
  auto answer = co_await worker_.ask(
      [store = store_, since, limit] { return store->events_since(since, limit); });
  co_return answer ? std::move(*answer) : Answer<EventRow>(std::string(kNoRoom));
}

Health Saver::health() const {
  Health health = health_;
  health.waiting += batch_.size();
  health.dropped += dropped_;
  return health;
}

}  // namespace reachd::store
