// What tests of the DNS step share: a loop, questions to a resolver on loopback, short answers.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "probes/steps/dns.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pki.hpp"

namespace reachd::test {

class DnsAsker : public testing::Test {
 protected:
  static Pki& pki() {
    static Pki made;
    return made;
  }

  // Asks for the A records of www.example.org, with time enough and nobody listening on.
  static steps::DnsOptions options(std::uint16_t port,
                                   ResolverSettings::Kind kind = ResolverSettings::Kind::udp);

  steps::Lookup look_up(steps::DnsOptions options);
  Observation settle(steps::DnsOptions options);

  // Asks, or settles, and cancels when `set_off` calls what it is given, on the loop's thread. It
  // is called itself before the loop turns.
  using SetOff = std::function<void(std::function<void()> cancel)>;
  Observation look_up_cancelled(steps::DnsOptions options, SetOff set_off);
  Observation settle_cancelled(steps::Lookup lookup, SetOff set_off);

  static const DnsSeen& seen(const Observation& observation) {
    return std::get<DnsSeen>(observation.seen);
  }
  static std::string failure(const Observation& observation) {
    return observation.failure ? to_string(*observation.failure) : "";
  }
  static std::vector<std::string> failures_of_replies(const Observation& observation);

  Loop loop_{pki().ca_file()};
};

}  // namespace reachd::test
