// The series of who was turned away at the web server. Each stands from the start.
#pragma once

#include <array>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "daemon/web/tally.hpp"

namespace reachd {

class WebSeries {
 public:
  explicit WebSeries(prometheus::Registry& registry);
  void observe(const web::Tally& tally);

 private:
  std::array<prometheus::Counter*, web::kRefusalReasons.size()> refused_{};
  prometheus::Gauge& checks_;
};

}  // namespace reachd
