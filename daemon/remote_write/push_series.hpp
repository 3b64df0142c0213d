// The series of what is pushed, one set a receiver; each stands from the moment its receiver is
// configured and goes with it.
#pragma once

#include <map>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "daemon/remote_write/pusher.hpp"

namespace reachd::remote_write {

class PushSeries {
 public:
  explicit PushSeries(prometheus::Registry& registry);

  void observe(const std::map<std::string, PushCounts>& counts);  // by the receiver's name

 private:
  struct Series {
    prometheus::Counter* sent;
    prometheus::Counter* failed;
    prometheus::Counter* dropped;
    prometheus::Gauge* pending;
    prometheus::Gauge* bytes;
    prometheus::Gauge* last_success;
  };
  Series& series_of(const std::string& receiver);

  prometheus::Family<prometheus::Counter>& samples_;
  prometheus::Family<prometheus::Gauge>& pending_;
  prometheus::Family<prometheus::Gauge>& bytes_;
  prometheus::Family<prometheus::Gauge>& last_success_;
  std::map<std::string, Series> receivers_;
};

}  // namespace reachd::remote_write
