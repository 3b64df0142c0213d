#include "daemon/scheduler.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/grid.hpp"

namespace reachd {
namespace asio = boost::asio;

// Shared with the rounds in flight, so that they may end after the scheduler has gone.
struct Scheduler::State : std::enable_shared_from_this<State> {
  // Held by the round's own handler and by its yield as well: the signal must outlive the coroutine
  // that listens to it.
  struct Flight {
    SharedTarget target;
    asio::cancellation_signal signal;
    bool called_off = false;
    bool yielded = false;
    bool landed = false;
  };

  State(asio::any_io_executor loop, Examine how, Report told)
      : executor(std::move(loop)),
        examine(std::move(how)),
        report(std::move(told)),
        alarm(executor),
        landed(executor) {}

  void turn();
  void wake(LoopTime at);
  void arm();
  std::size_t working() const { return flights.size() - waiting; }
  bool has_room() const { return working() < concurrency && waiting < kMostWaiting; }
  void report_working() const {
    if (report.working) report.working(working());
  }
  void launch(Timetable::Start start);
  void yield(Flight& flight);
  void land(const std::string& id, std::exception_ptr error, Next next);
  void call_off(const std::string& id);
  void stop();

  asio::any_io_executor executor;
  Examine examine;
  Report report;
  Timetable timetable;
  std::size_t concurrency = 1;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights;
  std::size_t waiting = 0;  // of the flights, those that have yielded
  std::uint64_t finished = 0;
  bool stopping = false;
  asio::steady_timer alarm;
  std::optional<LoopTime> alarm_at;
  asio::steady_timer landed;  // never expires; cancelled when the last round in flight has ended
};

namespace {

// Holds what it calls for as long as the round lasts, whatever becomes of the scheduler.
template <typename StatePtr>
asio::awaitable<NextRound> examine_one(StatePtr state, Assignment assignment,
                                       Scheduler::Yield yield) {
  co_return co_await state->examine(std::move(assignment), std::move(yield));
}

template <typename StatePtr>
asio::awaitable<void> wait_until_landed(StatePtr state) {
  state->stop();
  while (!state->flights.empty()) {
    boost::system::error_code cancelled;  // that is how the wait ends
    co_await state->landed.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

}  // namespace

void Scheduler::State::turn() {
  if (stopping) return;
  const std::uint64_t missed = timetable.advance(Clock::now());
  for (std::uint64_t i = 0; report.skipped && i < missed; ++i) report.skipped();
  while (has_room()) {
    auto start = timetable.begin(Clock::now());
    if (!start) break;
    launch(std::move(*start));
  }
  arm();
}

// One timer for all; a round that ends never starts the next from inside its own end.
void Scheduler::State::arm() {
  if (stopping) return;
  const bool can_begin = timetable.anyone_waits() && has_room();
  // Rounds that are due so close to each other begin together: what waits for company is late by
  // less.
  const LoopTime at = can_begin ? Clock::now() : timetable.next_events(net::kGrid);
  if (at != Timetable::kNever) wake(at);
}

void Scheduler::State::wake(LoopTime at) {
  if (alarm_at && *alarm_at <= at) return;  // it looks again then
  alarm_at = at;
  alarm.expires_at(at);
  alarm.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->alarm_at.reset();
    self->turn();
  });
}

void Scheduler::State::launch(Timetable::Start start) {
  std::string id = id_of(start.assignment.target);
  auto flight = std::make_shared<Flight>();
  flight->target = start.assignment.target;
  flights.emplace(id, flight);
  if (report.lag) report.lag(start.lag);
  report_working();
  auto give_way = [loop = executor, weak = weak_from_this(), flight] {
    asio::dispatch(loop, [weak, flight] {
      if (const auto self = weak.lock()) self->yield(*flight);
    });
  };
  auto done = [self = shared_from_this(), id = std::move(id), flight](
                  std::exception_ptr error, Next next) { self->land(id, error, next); };
  asio::co_spawn(executor,
                 examine_one(shared_from_this(), std::move(start.assignment), std::move(give_way)),
                 asio::bind_cancellation_slot(flight->signal.slot(), std::move(done)));
}

void Scheduler::State::yield(Flight& flight) {
  if (flight.yielded || flight.landed) return;
  flight.yielded = true;
  ++waiting;
  report_working();
  arm();
}

void Scheduler::State::land(const std::string& id, std::exception_ptr error, Next next) {
  const auto found = flights.find(id);
  const std::shared_ptr<Flight> flight = std::move(found->second);
  flights.erase(found);
  flight->landed = true;
  if (flight->yielded) --waiting;
  ++finished;
  timetable.finish(id, error ? Next::normal : next, Clock::now());
  report_working();
  if (error && !flight->called_off && report.failed) report.failed(error, flight->target);
  if (flights.empty()) landed.cancel();
  arm();
}

void Scheduler::State::call_off(const std::string& id) {
  const auto found = flights.find(id);
  if (found == flights.end() || found->second->called_off) return;
  const std::shared_ptr<Flight> flight = found->second;  // may end while it is told
  flight->called_off = true;
  flight->signal.emit(asio::cancellation_type::terminal);
}

void Scheduler::State::stop() {
  stopping = true;
  alarm.cancel();
  std::vector<std::string> ids;
  for (const auto& [id, flight] : flights) ids.push_back(id);
  for (const std::string& id : ids) call_off(id);
}

Scheduler::Scheduler(asio::any_io_executor executor, Examine examine, Report report)
    : state_(std::make_shared<State>(std::move(executor), std::move(examine), std::move(report))) {
  state_->landed.expires_at(LoopTime::max());
}

Scheduler::~Scheduler() {
  state_->report = {};  // whoever was told may be gone by the time the rounds end
  state_->stop();
}

void Scheduler::set_plan(std::vector<SharedTarget> targets, ScheduleSettings settings) {
  state_->concurrency = static_cast<std::size_t>(std::max(1, settings.concurrency));
  const auto called_off = state_->timetable.set_targets(std::move(targets), settings, Clock::now());
  for (const std::string& id : called_off) state_->call_off(id);
  state_->arm();
}

asio::awaitable<void> Scheduler::stop() {
  return wait_until_landed(state_);
}

std::size_t Scheduler::in_flight() const {
  return state_->flights.size();
}
std::uint64_t Scheduler::finished_rounds() const {
  return state_->finished;
}
Scheduler::Clock::time_point Scheduler::earliest_due() const {
  return state_->timetable.earliest_due();
}
Scheduler::Clock::time_point Scheduler::due(const std::string& id) const {
  return state_->timetable.due(id);
}

}  // namespace reachd
