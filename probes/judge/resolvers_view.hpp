// What the resolvers, asked about one name, say of each other. Pure.
#pragma once

#include <vector>

#include "probes/judge/facts.hpp"

namespace reachd {

// Whether some, or all, of the addresses have this trust.
bool any_address(const Facts& facts, const Lookup& lookup, Trust trust);

// Other resolvers that gave addresses for the same name, bogons apart.
struct Others {
  int answered = 0;
  int right = 0;        // of those, with an address that is known to be right
  int plain_right = 0;  // and over plain DNS, where any liar on the way would have met them
  int alike = 0;        // plain ones that say the very same, or fail the same way
  int refused = 0;      // encrypted ones that answered, and with the same failure
  std::vector<int> evidence;
};
Others others_than(const Facts& facts, const Lookup& lookup);

// What came back from an address that runs no DNS: for the target's name, while it kept silent
// (`checked`) for an innocent one. Nothing counts if it answered that too.
struct Injector {
  bool fires = false;
  bool checked = false;
  bool silent = false;  // asked for the target's name, and silent
  std::vector<int> evidence;
};
Injector injector_on_path(const Facts& facts);

// One question with several answers that have no address in common.
struct Contradiction {
  int answers = 0;         // that are disjoint from each other; 0: there is no contradiction
  bool one_right = false;  // one of them is known to be right, and another is not
  std::vector<int> evidence;
};
Contradiction contradiction_in(const Facts& facts, const Lookup& lookup);

// Questions for an innocent name that the same resolver answered: with addresses, or that there are
// none. That it failed in the same way as for the target's is no answer.
std::vector<int> innocent_answers(const Facts& facts, const Lookup& lookup);

}  // namespace reachd
