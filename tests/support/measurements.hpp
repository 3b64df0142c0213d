// Measurements for tests: some written by hand for what they show, any number made up from a seed.
// Always the same for the same seed, on every machine.
#pragma once

#include <cstdint>

#include "probes/measurement.hpp"

namespace reachd::test {

// Anything that an observation can hold, hostile bytes included; bodies of at most 4 KiB, speeds in
// whole bytes. Transactions are one per connection, as the ladder numbers them.
Measurement made_up_measurement(std::uint64_t seed);

// https://www.example.com/ of the target web of the service example, begun 2026-01-31 23:59:58.5
// UTC; without observations.
Measurement blank_measurement();

// Steps at 192.0.2.10:443 for that target: `began` and `took` in milliseconds.
Observation lookup_step(int began, int took, std::string query_type,
                        std::vector<std::string> addresses);
Observation connect_step(int began, int took);
Observation handshake_step(int began, int took);
Observation fetch_step(int began, int took, int status, std::string body);

// A round in which all went well.
Measurement good_measurement();
// The same, with the handshake reset after the ClientHello.
Measurement reset_measurement();

}  // namespace reachd::test
