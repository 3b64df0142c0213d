// Evidence in, verdict out. Pure: no clock, no I/O, no Asio. What is not in the measurement cannot
// change the verdict.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/target.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

inline constexpr int kRulesVersion = 5;

// The rules of each layer (dns_rules.cpp, tcp_rules.cpp…) look at the ladder's own steps, one by
// one: the resolver it leaned on, then every connection from the bottom up; a layer that failed
// hides those above. Their findings become one verdict: the worst decides, its kinds and those of
// the others that are as sure are told, and an address that answered makes up for one that is down.
// Above the layers stand:
//   measured.nothing    no step at all                                       → insufficient
//   measured.own_fault  what was tried failed by our own doing               → insufficient
//   vantage.*           the vantage is not online, and the target failed     → insufficient
//   dns.undetermined    an address that nobody vouches for failed            → impaired
//   expect.unmet        all is fine, the answer not what `expect` asks for   → impaired
//   steps.fine          every step is fine                                   → ok
Verdict judge(const Measurement& measurement);

// A rule as people may read it.
struct RuleText {
  std::string_view id;
  std::string_view source;
  std::string_view says;
};
// All rules there are, in the order in which they are tried. The ids are a public contract.
std::vector<RuleText> all_rules();

// What of `expect` the answer misses, in words; empty if nothing.
std::string unmet_expectation(const Measurement& measurement, const Expect& expect);

}  // namespace reachd
