// What the end of a transfer is called. Reads what the exchange noted and what libcurl says of it;
// libcurl's words appear only where no word of ours fits, on one line and cut.
#pragma once

#include <optional>

#include "probes/failure.hpp"
#include "probes/steps/exchange.hpp"

namespace reachd::steps {

// How the waiting ended: with libcurl's word, unless it was us who broke it off.
struct Ending {
  CURLcode code = CURLE_OK;
  bool late = false;       // our deadline passed
  bool cancelled = false;  // we were called off
};

// For a handshake that did not get as far as Exchange::secured().
Failure handshake_failure(const Exchange& exchange, const Ending& ending);

// nullopt if the answer came whole, or as far as bodies are read.
std::optional<Failure> answer_failure(const Exchange& exchange, const Ending& ending);

// One line of printable text, at most 200 bytes.
std::string one_line(std::string_view text);

}  // namespace reachd::steps
