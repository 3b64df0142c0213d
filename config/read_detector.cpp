#include "config/read.hpp"
#include "config/yaml_reader.hpp"

namespace reachd {
namespace {

constexpr double kHour = 3600;
constexpr double kTenYears = 10 * 365 * 24 * kHour;

}  // namespace

void read_detector(const Field& field, Rate& false_alarms) {
  Section section(field);
  const Field at = section.optional("false_alarms");
  Rate rate;
  if (take(at, rate, parse_rate)) {
    if (rate.per_second() > 1 / kHour || rate.per_second() < 1 / kTenYears) {
      at.fault(
          "is out of bounds: from 1/3650d to 1/h (more would tell of every lost packet); 1/90d is "
          "usual");
    } else {
      false_alarms = rate;
    }
  }
  section.close();
}

}  // namespace reachd
