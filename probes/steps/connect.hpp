// The step that opens a TCP connection to one address: fresh, with its own port and deadline.
#pragma once

#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/net/socket.hpp"
#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"

namespace reachd::steps {

// What every step of one connection is told.
struct Attempt {
  Endpoint peer;
  Clock::time_point start;     // of the measurement: observations count from here
  Clock::time_point deadline;  // of the attempt as a whole
  int transaction = 0;
  int depth = 0;
  bool paced = true;  // false: does not wait for the pace (a resolver that is asked over TCP)
};

struct Connected {
  Observation observation;            // stage tcp, TcpSeen
  std::optional<net::Socket> socket;  // open and non-blocking on success
};

// Waits for the pace first; that wait is in neither `began` nor `took` (the deadline moves with
// it).
boost::asio::awaitable<Connected> connect(net::WayOut& way, Attempt& attempt);

// What the kernel knows of an open connection now; nullopt if it will not say.
std::optional<TcpInfo> tcp_info_of(int descriptor);

}  // namespace reachd::steps
