// What a step needs to reach the outside: the loop it runs on, its watch over sockets, libcurl, the
// trust store, the pace.
// References to parts that the composition root owns and that outlive every step.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "probes/net/curl_multi.hpp"
#include "probes/net/pace.hpp"
#include "probes/net/poller.hpp"
#include "probes/net/trust_store.hpp"

namespace reachd::net {

struct WayOut {
  boost::asio::any_io_executor executor;
  Poller& poller;
  CurlMulti& curl;
  const TrustStore& trust;
  Pace& pace;
};

}  // namespace reachd::net
