// One more loop, on a thread of its own, that climbs ladders: on a machine with several cores, for
// more targets than one core bears. Its sockets, its libcurl, its resolvers and the certificates it
// remembers are its own; what goes in and comes out are values. Whatever a round is beyond its
// ladder stays with the daemon's first loop.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "config/config.hpp"
#include "probes/ladder.hpp"
#include "probes/measurement.hpp"
#include "probes/net/curl_multi.hpp"
#include "probes/net/pace.hpp"
#include "probes/net/poller.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/trust_store.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

class Lane {
 public:
  // `trust` is of no other thread. All lanes keep to one pace, the first loop's; it must outlive
  // the lane.
  Lane(net::TrustStore trust, std::vector<ResolverSettings> resolvers, net::Pace& pace);
  ~Lane();  // as stop()
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Climbs that begin from now on use these.
  void configure(net::TrustStore trust, std::vector<ResolverSettings> resolvers);

  // Asks the lane for a sign of life; turned() is when it gave the last one.
  void ask_for_sign();
  std::chrono::steady_clock::time_point turned() const;

  // Ends the thread. A climb that is under way is never completed.
  void stop();

  boost::asio::any_io_executor executor() { return io_.get_executor(); }

 private:
  friend boost::asio::awaitable<Measurement> climb_on(std::shared_ptr<Lane>, SharedTarget,
                                                      const Climb&);

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_;
  std::atomic<std::chrono::steady_clock::time_point> turned_;
  // Used by the lane's thread alone, once it runs.
  net::Poller poller_;
  net::CurlMulti curl_;
  net::TrustStore trust_;
  net::Resolvers resolvers_;
  net::WayOut way_;
  std::thread thread_;
};

// Like climb(), called on the first loop and completing there. The lane lives as long as the climb.
boost::asio::awaitable<Measurement> climb_on(std::shared_ptr<Lane> lane, SharedTarget target,
                                             const Climb& climb);

// The lane on which a target always climbs: what is remembered of its certificates is there. Null:
// the first loop, which has other work as well and climbs for half as many targets as a lane.
std::shared_ptr<Lane> lane_of(const std::vector<std::shared_ptr<Lane>>& lanes,
                              const Target& target);

}  // namespace reachd
