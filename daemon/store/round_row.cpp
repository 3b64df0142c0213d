#include <utility>

#include "config/target.hpp"
#include "daemon/store/rows.hpp"

namespace reachd::store {

RoundRow round_row(const Measurement& measurement, const Verdict& verdict, std::string reason) {
  return {measurement.service + "/" + measurement.target,
          measurement.began,
          measurement.round,
          verdict.status,
          verdict.rule,
          verdict.kinds,
          std::move(reason),
          measurement.runtime,
          phases_of(measurement)};
}

}  // namespace reachd::store
