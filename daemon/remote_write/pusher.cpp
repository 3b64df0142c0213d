#include "daemon/remote_write/pusher.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <optional>
#include <random>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/log.hpp"
#include "daemon/post.hpp"
#include "daemon/remote_write/answer.hpp"
#include "daemon/remote_write/spool.hpp"

namespace reachd::remote_write {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTimeout = 30s;  // for a request: 100 KB over a poor line
constexpr auto kRoom = 1s;      // until the worker is asked again after it had no room
// Bodies that one job of the worker makes: about a twentieth of a second.
constexpr int kSlice = 4;

std::int64_t milliseconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// Where in its interval a daemon pushes: always the same, and another one for each place, so that a
// fleet is spread.
double phase_of(const Place& place) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const auto& [label, value] : place) {
    for (const char c : value) {
      hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211U;
    }
  }
  return static_cast<double>(hash >> 11U) * 0x1p-53;
}

}  // namespace

struct Pusher::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor, Worker& its_worker, const net::WayOut& how, Collect from,
        std::string folder, Receiver to)
      : loop(std::move(executor)),
        worker(its_worker),
        way(how),
        collect(std::move(from)),
        receiver(std::move(to)),
        spool(std::make_shared<Spool>(std::move(folder), receiver.settings.max_bytes)),
        due(loop),
        news(loop) {}

  void start();
  template <typename Turns>
  void spawn(Turns turns);
  asio::awaitable<void> record();
  asio::awaitable<void> compose();
  asio::awaitable<void> send();
  asio::awaitable<bool> attend(Body body);
  asio::awaitable<void> wait(Clock::time_point until);
  void note(const Posted& posted, Outcome outcome, std::uint32_t samples);
  void note(SpoolCounts now);
  void wake();

  asio::any_io_executor loop;
  Worker& worker;
  const net::WayOut& way;
  Collect collect;
  Receiver receiver;
  std::shared_ptr<Spool> spool;                                       // the worker's
  std::shared_ptr<Composer> composer = std::make_shared<Composer>();  // the worker's
  std::vector<Texts> departed;
  asio::steady_timer due;   // for the next snapshot
  asio::steady_timer news;  // for the next thing to send, or the next attempt
  Backoff backoff;
  std::minstd_rand chance{std::random_device{}()};
  std::uint64_t receivers = 0;  // grows when another URL or token is in force
  bool has_news = false;
  bool gone = false;
  bool answers = true;
  bool refuses = false;
  PushCounts counts;
  SpoolCounts spooled;  // as the worker reported last
};

template <typename Turns>
void Pusher::State::spawn(Turns turns) {
  asio::co_spawn(
      loop, [self = shared_from_this(), turns]() { return ((*self).*turns)(); },
      [name = receiver.settings.name](std::exception_ptr error) {
        if (!error) return;
        try {
          std::rethrow_exception(error);
        } catch (const std::exception& bug) {
          log::write(log::Level::error, "bug", {{"remote_write", name}, {"error", bug.what()}});
        }
      });
}

void Pusher::State::start() {
  spawn(&State::record);
}

void Pusher::State::wake() {
  has_news = true;
  news.cancel();
}

// Opens the spool, lets the sending begin, and takes a snapshot at every interval.
asio::awaitable<void> Pusher::State::record() {
  const auto self = shared_from_this();
  std::optional<SpoolCounts> opened;
  while (!opened) {
    opened = co_await worker.ask([spool = spool] {
      spool->open();
      return spool->counts();
    });
    if (gone) co_return;
    if (!opened) co_await wait(Clock::now() + kRoom);
  }
  note(std::move(*opened));
  spawn(&State::send);
  auto point = Clock::now();
  auto first = std::chrono::duration_cast<Clock::duration>(receiver.settings.interval *
                                                           phase_of(receiver.place));
  while (!gone) {
    point += std::exchange(first, Clock::duration::zero());
    boost::system::error_code woken;
    due.expires_at(point);
    co_await due.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (gone) co_return;
    if (Clock::now() < point) {  // another interval is in force
      point = std::min(point, Clock::now() + receiver.settings.interval);
      continue;
    }
    co_await compose();
    // After a stall or a suspend of many intervals there is one snapshot, not a burst.
    const auto behind = std::max<Clock::duration>(Clock::now() - point, Clock::duration::zero());
    point += (behind / receiver.settings.interval + 1) * receiver.settings.interval;
  }
}

// Slice by slice, each a job of its own: others come in between.
asio::awaitable<void> Pusher::State::compose() {
  const WallTime at = std::chrono::system_clock::now();
  Collected all = collect();
  auto snapshot =
      std::make_shared<Snapshot>(Snapshot{milliseconds_of(at), receiver.place, std::move(all.own),
                                          std::move(all.parts), std::exchange(departed, {})});
  bool begun = false;
  bool more = true;
  while (more && !gone) {
    auto slice = co_await worker.ask([begun, at, snapshot, spool = spool, composer = composer] {
      if (!begun) {
        composer->begin(std::move(*snapshot));
        spool->begin(at);
      }
      for (int bodies = 0; bodies < kSlice; ++bodies) {
        const auto body = composer->next();
        if (!body) {
          spool->end();
          return std::pair(false, spool->counts());
        }
        spool->add(*body);
      }
      return std::pair(true, spool->counts());
    });
    if (gone) co_return;
    if (slice) {
      begun = true;
      more = slice->first;
      note(std::move(slice->second));
      wake();
    } else if (begun) {  // the worker has no room: what is begun must be ended
      co_await wait(Clock::now() + kRoom);
    } else {
      departed.insert(departed.end(), snapshot->departed.begin(), snapshot->departed.end());
      more = false;
    }
  }
}

asio::awaitable<void> Pusher::State::wait(Clock::time_point until) {
  asio::steady_timer timer(loop, until);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> Pusher::State::send() {
  const auto self = shared_from_this();
  while (!gone) {
    auto lent = co_await worker.ask([spool = spool] { return spool->lend(); });
    if (gone) co_return;
    if (!lent) {
      co_await wait(Clock::now() + kRoom);
    } else if (*lent) {
      const bool done = co_await attend(std::move(**lent));
      if (gone) co_return;
      auto settled = co_await worker.ask([done, spool = spool] {
        spool->settle(done);
        return spool->counts();
      });
      if (settled) note(std::move(*settled));
    } else if (!has_news) {
      boost::system::error_code woken;
      news.expires_at(Clock::time_point::max());
      co_await news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    has_news = false;
  }
}

// Sends a body until it is settled what becomes of it, or another receiver is to have it. False if
// it has to be given again.
asio::awaitable<bool> Pusher::State::attend(Body body) {
  const std::uint64_t tried = receivers;
  Post what{.url = receiver.settings.url,
            .headers = {{"Content-Type", "application/x-protobuf"},
                        {"Content-Encoding", "snappy"},
                        {"X-Prometheus-Remote-Write-Version", "0.1.0"}},
            .body = std::move(body.bytes),
            .timeout = kTimeout};
  if (!receiver.token.empty()) {
    what.headers.emplace_back("Authorization", "Bearer " + receiver.token);
  }
  const Posted posted = co_await post(way, std::move(what));
  if (gone) co_return false;
  const Outcome outcome = outcome_of(posted);
  note(posted, outcome, body.samples);
  if (outcome != Outcome::again) {
    backoff.reset();
    co_return true;
  }
  const double share = std::generate_canonical<double, 32>(chance);
  const auto again = Clock::now() + backoff.next(posted.retry_after, share);
  // News does not shorten the pause, but another receiver ends it.
  while (!gone && Clock::now() < again && receivers == tried) {
    boost::system::error_code woken;
    news.expires_at(again);
    co_await news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  co_return false;
}

// One line when it stops to answer, one when it answers again; the same for what it refuses.
void Pusher::State::note(const Posted& posted, Outcome outcome, std::uint32_t samples) {
  const std::string& name = receiver.settings.name;
  const bool answered = outcome != Outcome::again;
  if (answered != answers) {
    log::write(
        answered ? log::Level::info : log::Level::warning, "remote_write",
        {{"receiver", name}, {"result", answered ? std::string("answers again") : posted.trouble}});
  }
  answers = answered;
  if (!answered) return;
  const bool refused = outcome == Outcome::refused;
  if (refused && !refuses) {
    log::write(log::Level::error, "remote_write",
               {{"receiver", name}, {"result", "refuses samples"}, {"error", posted.trouble}});
  }
  refuses = refused;
  (refused ? counts.failed : counts.sent) += samples;
  if (!refused) counts.last_success = std::chrono::system_clock::now();
}

void Pusher::State::note(SpoolCounts now) {
  const std::string& name = receiver.settings.name;
  if (now.torn > spooled.torn) {
    log::write(log::Level::warning, "remote_write_mended",
               {{"receiver", name}, {"torn_records", now.torn}});
  }
  if (now.up != spooled.up) {
    log::write(now.up ? log::Level::info : log::Level::error, "remote_write_spool",
               {{"receiver", name},
                {"result",
                 now.up ? std::string("can be written again") : "waits in memory: " + now.text}});
  }
  if (now.dropped > spooled.dropped && now.torn == spooled.torn && spooled.dropped == 0) {
    log::write(log::Level::warning, "remote_write_dropped",
               {{"receiver", name}, {"result", "no room for all that waits: the oldest goes"}});
  }
  spooled = std::move(now);
}

Pusher::Pusher(asio::any_io_executor loop, Worker& worker, const net::WayOut& way, Collect collect,
               std::string folder, Receiver receiver)
    : state_(std::make_shared<State>(std::move(loop), worker, way, std::move(collect),
                                     std::move(folder), std::move(receiver))) {
  state_->start();
}

Pusher::~Pusher() {
  state_->gone = true;
  state_->due.cancel();
  state_->news.cancel();
}

void Pusher::configure(Receiver receiver) {
  State& state = *state_;
  state.worker.post(
      [spool = state.spool, most = receiver.settings.max_bytes] { spool->set_most_bytes(most); });
  const bool same = receiver.settings.url == state.receiver.settings.url &&
                    receiver.token == state.receiver.token;
  state.receiver = std::move(receiver);
  if (!same) {
    ++state.receivers;
    state.backoff.reset();
  }
  state.due.cancel();
  state.wake();
}

void Pusher::forget(const Texts& departed) {
  if (departed.count != 0) state_->departed.push_back(departed);
}

PushCounts Pusher::counts() const {
  PushCounts counts = state_->counts;
  counts.dropped = state_->spooled.dropped;
  counts.pending = state_->spooled.samples;
  counts.pending_bytes = state_->spooled.bytes;
  return counts;
}

}  // namespace reachd::remote_write
