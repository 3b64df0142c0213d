// The configuration with the tables of fingerprints that it names, read once. What is wrong with a
// table is a fault of the configuration and told like all others.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "probes/judge/fingerprints.hpp"

namespace reachd {

struct Setup {
  Config config;
  std::vector<Fingerprints> fingerprints;
};

// All faults of the configuration, or, if it has none, those of its tables.
std::variant<Setup, std::vector<Fault>> load_setup(const std::string& file);

// One table. `key` is what named it, for the fault.
boost::system::result<Fingerprints, Fault> load_fingerprints(const std::string& file,
                                                             std::string key);

}  // namespace reachd
