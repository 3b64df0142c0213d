// What it takes to measure, built from a configuration: the loop's libcurl, trust, pace, resolvers.
// Shared by the daemon and by `reachd probe`, so that both look at the world through the same eyes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "daemon/lane.hpp"
#include "probes/control/ask_helper.hpp"
#include "probes/control/witnesses.hpp"
#include "probes/diagnosis/residual.hpp"
#include "probes/judge/fingerprints.hpp"
#include "probes/net/curl_multi.hpp"
#include "probes/net/pace.hpp"
#include "probes/net/poller.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/trust_store.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

struct Instruments {
  // `doors` is what open_doors() gave for this configuration, `known` what load_fingerprints() did.
  Instruments(boost::asio::any_io_executor executor, const Config& config, net::TrustStore store,
              std::vector<HelperDoor> doors = {}, std::vector<Fingerprints> known = {});
  Instruments(const Instruments&) = delete;
  Instruments& operator=(const Instruments&) = delete;
  ~Instruments();  // no lane turns any more

  // Takes over another configuration; rounds under way go on with what they hold.
  void configure(const Config& config, net::TrustStore store, std::vector<HelperDoor> doors,
                 std::vector<Fingerprints> known);

  // As many loops beside the first as that configuration asks for, on its trust and resolvers; for
  // the daemon, which measures without end. A lane too many ends with its last climb.
  void set_lanes(const Config& config);

  net::Poller poller;
  net::CurlMulti curl;
  net::TrustStore trust;
  net::Pace pace;
  net::Resolvers resolvers;
  net::WayOut way;
  ControlSettings controls;
  std::vector<HelperDoor> helpers;
  std::vector<Fingerprints> fingerprints;
  Residual residual;
  Witnesses witnesses;
  int diagnoses = 0;                         // under way
  std::vector<std::shared_ptr<Lane>> lanes;  // none until set_lanes()
};

// The configured helpers with their tokens; the error is a sentence about a token's file.
boost::system::result<std::vector<HelperDoor>, std::string> open_doors(const Config& config);

// Process-wide, once, before the first thread: SIGPIPE, libcurl, as many descriptors as allowed.
void prepare_process();

}  // namespace reachd
