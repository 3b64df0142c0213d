// The configuration with what it names, read once: lists of targets, tables of fingerprints, and
// who may look. What is wrong with one of these files as a whole is a fault of the configuration
// and told like all others; a line of a list that cannot be used is passed over and reported.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "config/list.hpp"
#include "daemon/web/entrance.hpp"
#include "probes/judge/fingerprints.hpp"

namespace reachd {

struct Setup {
  Config config;  // the lists' targets among its services
  std::vector<Fingerprints> fingerprints;
  web::Entrance entrance;
  std::vector<ListReport> lists = {};
};

// All faults of the configuration, or, if it has none, those of the files that it names. Whoever
// serves nothing need not be able to read who may look: without `serves` that file is left alone.
std::variant<Setup, std::vector<Fault>> load_setup(const std::string& file, bool serves = true);

// How many rounds a second the targets of the configuration are due, at the least one connection
// each. More than schedule.rate can never be measured in time.
double rounds_a_second(const Config& config);

// One table. `key` is what named it, for the fault.
boost::system::result<Fingerprints, Fault> load_fingerprints(const std::string& file,
                                                             std::string key);

// "https://[::1]:10980", as people would reach what listens there.
std::string page_url(const Listen& listen, bool tls);

}  // namespace reachd
