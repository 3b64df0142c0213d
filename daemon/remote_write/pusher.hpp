// Pushes all series to one receiver: takes them off the registry at every interval, has them
// written into the spool on the worker, sends what waits there, the oldest first, with ever longer
// pauses while the receiver does not answer. It is no probe: it keeps to nobody's pace and counts
// nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "config/config.hpp"
#include "daemon/remote_write/composer.hpp"
#include "daemon/when.hpp"
#include "daemon/worker.hpp"
#include "probes/net/way_out.hpp"

namespace reachd::remote_write {

struct PushCounts {
  std::uint64_t sent = 0;           // samples that the receiver took
  std::uint64_t failed = 0;         // samples that it refused for good
  std::uint64_t dropped = 0;        // samples that were lost before: no room, torn by a crash
  std::uint64_t pending = 0;        // samples that wait
  std::uint64_t pending_bytes = 0;  // of the spool
  WallTime last_success{};          // the epoch before the first
};

struct Collected {
  Text own;
  Texts parts;
};

class Pusher {
 public:
  using Collect = std::function<Collected()>;  // on the loop; soon

  struct Receiver {
    RemoteWriteSettings settings;
    std::string token;  // sent as a bearer token unless it is empty
    Place place;
  };

  // Begins at once. `way` must outlive it and what it has under way, the worker it. `folder` is the
  // spool's.
  Pusher(boost::asio::any_io_executor loop, Worker& worker, const net::WayOut& way, Collect collect,
         std::string folder, Receiver receiver);
  ~Pusher();  // ends without waiting; what is not sent stays in the spool
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  // What waits already goes to the new URL as well.
  void configure(Receiver receiver);
  // These series are no more: the next snapshot says so.
  void forget(const Texts& departed);

  PushCounts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::remote_write
