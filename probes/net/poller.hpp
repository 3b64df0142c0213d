// Watches sockets that are nobody's but the kernel's: those of questions, of connections that are
// being made, of libcurl. They are kept in an epoll set of our own, level-triggered, and Asio waits
// on that one descriptor.
//
// Why not one Asio descriptor a socket: libcurl may close a socket before it says so, and the
// number may belong to somebody else by then; an Asio descriptor on that number would deregister
// the stranger when it is released. And a round opens three sockets, of which each would cost Asio
// two calls into the kernel more. A descriptor that is closed is forgotten by the kernel by itself.
//
// All calls must come from the executor's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probes/net/waiter.hpp"

namespace reachd::net {

struct PollerState;

class Poller {
 public:
  class Watcher {
   public:
    // With EPOLL… bits of what is ready. May watch, forget and close what it likes.
    virtual void on_ready(int descriptor, std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  // While it lives a watcher is told of one descriptor. May outlive the poller.
  class Watch {
   public:
    Watch() = default;
    ~Watch() { end(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    void end();

   private:
    friend class Poller;
    std::weak_ptr<PollerState> state_;
    const Watcher* watcher_ = nullptr;  // null: none, or no more
    int descriptor_ = -1;
  };

  // Throws std::system_error if the kernel has no epoll set left.
  explicit Poller(boost::asio::any_io_executor executor);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // From now on the watcher, which must live until forget(), is told while the descriptor is ready
  // for these EPOLL… events; whoever was told before is not any more. False: errno says why.
  bool watch(int descriptor, std::uint32_t events, Watcher& watcher);

  // The same for as long as `watch` lives, which must be of no other descriptor.
  bool watch(int descriptor, std::uint32_t events, Watcher& watcher, Watch& watch);

  // Nothing if the descriptor is watched for somebody else by now; it may be closed already.
  void forget(int descriptor, const Watcher& watcher);

  // Waits once, for one of these events or an error. Throws boost::system::system_error where the
  // descriptor cannot be watched.
  struct Ready {
    Ended ended = Ended::told;
    std::uint32_t events = 0;  // EPOLL…, if told
  };
  boost::asio::awaitable<Ready> ready(int descriptor, std::uint32_t events,
                                      std::chrono::steady_clock::time_point deadline);

 private:
  std::shared_ptr<PollerState> state_;
};

}  // namespace reachd::net
