// What it takes to measure, built from a configuration: the loop's libcurl, trust, pace, resolvers.
// Shared by the daemon and by `reachd probe`, so that both look at the world through the same eyes.
#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "probes/net/curl_multi.hpp"
#include "probes/net/pace.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/trust_store.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

struct Instruments {
  Instruments(boost::asio::any_io_executor executor, const Config& config, net::TrustStore store);
  Instruments(const Instruments&) = delete;
  Instruments& operator=(const Instruments&) = delete;

  // Takes over another configuration; rounds under way go on with what they hold.
  void configure(const Config& config, net::TrustStore store);

  net::CurlMulti curl;
  net::TrustStore trust;
  net::Pace pace;
  net::Resolvers resolvers;
  net::WayOut way;
};

// Process-wide, once, before the first thread: SIGPIPE, libcurl, as many descriptors as allowed.
void prepare_process();

}  // namespace reachd
