// Measurements as JSON in OONI's data format 0.2.0 (test name `web_connectivity`, other schemes
// `reachd_<scheme>`), one object a line. Our own facts stand in test_keys.x_reachd.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// The object that goes into the archive and out of `reachd probe --json`. The vantage's own addresses
// are scrubbed; bodies are kept (4 KiB at most) only where the verdict is not ok.
boost::json::object to_json(const Measurement& measurement, const Verdict& verdict);

// Reads our own lines and OONI's web_connectivity v0.4 and v0.5. Tolerates what they tolerate: missing
// t0, null arrays, unknown keys, base64 bodies. Bounds: 16 MiB of text, depth 32. The error is a sentence.
boost::system::result<Measurement, std::string> parse_measurement(std::string_view line);

}  // namespace reachd
