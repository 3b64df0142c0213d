// Failures as OONI's test helper spells them, which is not how its probe does.
#pragma once

#include <optional>
#include <string>

#include "probes/failure.hpp"

namespace reachd::helper {

// Each gives "" where nothing failed.
std::string lookup_word(const std::optional<Failure>& failure);
std::string connect_word(const std::optional<Failure>& failure);
std::string handshake_word(const std::optional<Failure>& failure);  // the probe's own words
std::string request_word(const Failure& failure);                   // of a connection or a fetch

}  // namespace reachd::helper
