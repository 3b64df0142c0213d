// What a helper runs with: the file's section, and what the command line says instead.
#pragma once

#include "config/config.hpp"
#include "daemon/commands.hpp"

namespace reachd::helper {

// `helper` is always set. Throws std::runtime_error with a sentence: a bad file or option, TLS with
// half of what it needs, or an address beyond loopback without a token.
Config configured(const HelperOptions& options);

}  // namespace reachd::helper
