// Measurements as JSON in OONI's data format 0.2.0 (test name `web_connectivity`, other schemes
// `reachd_<scheme>`), one object a line. Our own facts stand in test_keys.x_reachd: its `steps`
// name the observations in their order and hold what has no key in OONI's format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "probes/judge/classic.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd {

inline constexpr std::size_t kArchivedBody = 4096;  // bytes of a body that are kept

// The object that goes into the archive and out of `reachd probe --json`. `own_addresses`, the
// vantage's, are scrubbed from all text; bodies are kept (4 KiB at most) only where the verdict is
// not ok, or has kinds. Bytes that are not UTF-8 become {"format": "base64", "data": …}. Apart from
// long bodies parse_measurement gives the measurement back (times to the microsecond, speed to the
// byte).
boost::json::object to_json(const Measurement& measurement, const Verdict& verdict,
                            const std::vector<std::string>& own_addresses = {});

// Forgets the bodies that to_json() would not write: nothing else reads them once the verdict
// stands, and a measurement is kept until its target's next round. All else of the JSON stays.
void drop_bodies(Measurement& measurement, const Verdict& verdict);

// OONI's `blocking`: a word, false or null; and a flag that may be null.
boost::json::value blocking_value(const Classic& classic);
boost::json::value flag_value(std::optional<bool> flag);

// The name of a measurement, the same whenever it is asked for: time, country, test and a hash of
// the target. Also in to_json's object.
std::string measurement_uid(const Measurement& measurement);

// `text` with every spelling of the addresses `own` replaced by "[scrubbed]".
std::string scrub(std::string text, const std::vector<std::string>& own);

// A measurement as a line holds it, with the line's own name for it ("" if it has none).
struct ReadMeasurement {
  Measurement measurement;
  std::string uid;
};

// Reads our own lines and OONI's web_connectivity v0.4 and v0.5. Tolerates what they tolerate:
// missing t0, null arrays, unknown keys, base64 bodies. Never looks at a verdict. Bounds: 16 MiB of
// text, depth 32, 100 000 elements of lists. The error is a sentence.
boost::system::result<ReadMeasurement, std::string> parse_line(std::string_view line);
boost::system::result<Measurement, std::string> parse_measurement(std::string_view line);

}  // namespace reachd
