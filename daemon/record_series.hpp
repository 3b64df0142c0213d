// The series of what is written down and told: the store, the archive, the worker's queue, the
// notifications. Each stands from the start.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "daemon/archive/archive.hpp"
#include "daemon/store/store.hpp"
#include "daemon/worker.hpp"

namespace reachd {

class RecordSeries {
 public:
  explicit RecordSeries(prometheus::Registry& registry);

  void observe(const store::Health& store, const archive::Counts& archive,
               const Worker::Load& load);
  void count_notification(bool delivered);

 private:
  prometheus::Gauge& store_up_;
  prometheus::Counter& store_errors_;
  prometheus::Gauge& store_waiting_;
  prometheus::Counter& store_dropped_;
  prometheus::Gauge& store_bytes_;
  prometheus::Gauge& archive_up_;
  prometheus::Gauge& archive_bytes_;
  prometheus::Counter& archive_lines_;
  prometheus::Counter& archive_errors_;
  prometheus::Counter& archive_dropped_;
  prometheus::Counter& archive_torn_;
  prometheus::Gauge& queue_length_;
  prometheus::Gauge& queue_age_;
  prometheus::Counter& delivered_;
  prometheus::Counter& failed_;
};

}  // namespace reachd
