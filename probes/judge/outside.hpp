// What those on the free side say of the same thing: the helper, and the second way out. Pure.
#pragma once

#include <vector>

#include "probes/judge/facts.hpp"

namespace reachd {

enum class Outside : std::uint8_t { silent, fine, fails };

// Of one connection, up to the stage: the same endpoint where the first visit is concerned, the
// whole fetch for what redirects led to.
Outside outside_of(const Facts& facts, const Connection& connection, Stage stage);

// Of this very endpoint, by the helper alone.
Outside outside_of_endpoint(const Facts& facts, const Connection& connection, Stage stage);

// Of the target's name. `fine`: it has addresses out there.
Outside outside_of_name(const Facts& facts, const Lookup& lookup);

// Of the fetch as a whole, redirects followed.
Outside outside_of_fetch(const Facts& facts);

// Steps taken through the second way out.
std::vector<int> proxy_steps(const Facts& facts);

}  // namespace reachd
