#include "probes/net/poller.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/system_error.hpp>

namespace reachd::net {
namespace asio = boost::asio;
using boost::system::error_code;

struct PollerState : std::enable_shared_from_this<PollerState> {
  using Watcher = Poller::Watcher;

  struct Entry {
    Watcher* watcher = nullptr;
    std::uint32_t turn = 0;  // tells an event of this watch from one of another on that number
    bool once = false;       // EPOLLONESHOT: the kernel keeps it, silent, after the event
    bool known = false;      // to the kernel, for all we know
  };

  explicit PollerState(asio::any_io_executor ex) : executor(std::move(ex)), set(executor) {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    set.assign(descriptor);
  }

  Entry& at(int descriptor) {
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= entries.size()) entries.resize(std::max(index + 1, 2 * entries.size()));
    return entries[index];
  }

  bool control(int operation, int descriptor, epoll_event& event) {
    return ::epoll_ctl(set.native_handle(), operation, descriptor, &event) == 0;
  }

  bool watch(int descriptor, std::uint32_t events, Watcher& watcher) {
    Entry& entry = at(descriptor);
    if (entry.watcher == nullptr) ++count;
    entry.watcher = &watcher;
    ++entry.turn;
    entry.once = (events & EPOLLONESHOT) != 0;
    epoll_event event{};
    event.events = events;
    event.data.u64 = std::uint64_t{entry.turn} << 32 | static_cast<std::uint32_t>(descriptor);
    const bool done = entry.known
                          ? control(EPOLL_CTL_MOD, descriptor, event) ||
                                (errno == ENOENT && control(EPOLL_CTL_ADD, descriptor, event))
                          : control(EPOLL_CTL_ADD, descriptor, event) ||
                                (errno == EEXIST && control(EPOLL_CTL_MOD, descriptor, event));
    entry.known = done;
    if (done) {
      arm();
      return true;
    }
    const int why = errno;
    drop(entry);
    errno = why;
    return false;
  }

  // The kernel need not be told: most are closed next. If one is not, and something comes, it is
  // told then.
  void drop(Entry& entry) {
    entry.watcher = nullptr;
    if (--count == 0 && armed) set.cancel();
  }

  void forget(int descriptor, const Watcher& watcher) {
    Entry& entry = at(descriptor);
    if (entry.watcher != &watcher) return;
    entry.known = false;  // closed next, most likely
    drop(entry);
  }

  // One wait serves all sockets. It is armed only while one is watched, else run() would never
  // return.
  void arm() {
    if (armed || count == 0) return;
    armed = true;
    set.async_wait(asio::posix::stream_descriptor::wait_read,
                   [weak = weak_from_this()](error_code error) {
                     const auto state = weak.lock();
                     if (!state) return;
                     state->armed = false;
                     if (!error) state->poll();
                     state->arm();
                   });
  }

  // Asks again while the answer filled the array, a few times at most: sockets that are always
  // ready must not keep the loop from everybody else.
  void poll() {
    std::array<epoll_event, 64> events;
    for (int round = 0; round < 4; ++round) {
      const int ready = ::epoll_wait(set.native_handle(), events.data(), events.size(), 0);
      for (int i = 0; i < ready; ++i) tell(events[static_cast<std::size_t>(i)]);
      if (ready < static_cast<int>(events.size())) break;
    }
  }

  void tell(epoll_event& event) {
    const auto descriptor = static_cast<int>(event.data.u64 & 0xffffffff);
    Entry& entry = at(descriptor);
    if (entry.watcher != nullptr && entry.turn == event.data.u64 >> 32) {
      Watcher& watcher = *entry.watcher;
      if (entry.once) drop(entry);
      watcher.on_ready(descriptor, event.events);
    } else if (entry.watcher == nullptr) {
      control(EPOLL_CTL_DEL, descriptor, event);
      entry.known = false;
    }
  }

  asio::any_io_executor executor;
  asio::posix::stream_descriptor set;
  std::vector<Entry> entries;  // by descriptor
  std::size_t count = 0;       // of those with a watcher
  bool armed = false;
};

Poller::Poller(asio::any_io_executor executor)
    : state_(std::make_shared<PollerState>(std::move(executor))) {}

Poller::~Poller() = default;

bool Poller::watch(int descriptor, std::uint32_t events, Watcher& watcher) {
  return state_->watch(descriptor, events, watcher);
}

void Poller::forget(int descriptor, const Watcher& watcher) {
  state_->forget(descriptor, watcher);
}

bool Poller::watch(int descriptor, std::uint32_t events, Watcher& watcher, Watch& watch) {
  watch.state_ = state_;
  watch.watcher_ = &watcher;
  watch.descriptor_ = descriptor;
  return state_->watch(descriptor, events, watcher);
}

void Poller::Watch::end() {
  if (watcher_ == nullptr) return;
  if (const auto state = state_.lock()) state->forget(descriptor_, *watcher_);
  watcher_ = nullptr;
}

namespace {

struct Readiness final : Poller::Watcher {
  explicit Readiness(const asio::any_io_executor& executor) : waiter(executor) {}

  void on_ready(int, std::uint32_t events) override {
    seen = events;
    waiter.tell();
  }

  Waiter waiter;
  std::uint32_t seen = 0;
  Poller::Watch watch;
};

}  // namespace

asio::awaitable<Poller::Ready> Poller::ready(int descriptor, std::uint32_t events,
                                             std::chrono::steady_clock::time_point deadline) {
  Readiness readiness(state_->executor);
  if (!watch(descriptor, events | EPOLLONESHOT, readiness, readiness.watch)) {
    throw boost::system::system_error(errno, boost::system::system_category());
  }
  const Ended ended = co_await readiness.waiter.until(deadline);
  co_return Ready{ended, readiness.seen};
}

}  // namespace reachd::net
