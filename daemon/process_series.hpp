// What the process uses, under the names that Prometheus' own clients give it, read from /proc when
// asked.
#pragma once

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace reachd {

class ProcessSeries {
 public:
  explicit ProcessSeries(prometheus::Registry& registry);
  void refresh();

 private:
  prometheus::Counter& cpu_;
  prometheus::Gauge& resident_;
  prometheus::Gauge& virtual_;
  prometheus::Gauge& open_;
  prometheus::Gauge& most_;
  prometheus::Gauge& start_;
};

}  // namespace reachd
