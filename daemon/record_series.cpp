#include "daemon/record_series.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace reachd {
namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const std::string& name,
                         const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& counter(prometheus::Registry& registry, const std::string& name,
                             const std::string& help, const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

// Their owners count; a counter may only be raised.
void raise(prometheus::Counter& counter, std::uint64_t to) {
  counter.Increment(std::max(0.0, static_cast<double>(to) - counter.Value()));
}

constexpr const char* kNotifications = "reachd_notifications_total";
constexpr const char* kNotificationsHelp = "Posts to an Alertmanager by their result.";

}  // namespace

RecordSeries::RecordSeries(prometheus::Registry& registry)
    : store_up_(gauge(registry, "reachd_store_up", "1 if the latest attempt to write succeeded.")),
      store_errors_(counter(registry, "reachd_store_errors_total", "Attempts that failed.")),
      store_waiting_(gauge(registry, "reachd_store_waiting_rows", "Rows not written yet.")),
      store_dropped_(counter(registry, "reachd_store_dropped_rows_total",
                             "Rounds and ended events that there was no room to keep.")),
      store_bytes_(gauge(registry, "reachd_store_bytes", "Size of the database.")),
      archive_up_(
          gauge(registry, "reachd_archive_up", "1 if the latest attempt to write succeeded.")),
      archive_bytes_(gauge(registry, "reachd_archive_bytes", "Size of all files of the archive.")),
      archive_lines_(counter(registry, "reachd_archive_lines_total", "Measurements written.")),
      archive_errors_(counter(registry, "reachd_archive_errors_total", "Attempts that failed.")),
      archive_dropped_(counter(registry, "reachd_archive_dropped_lines_total",
                               "Measurements that could not be written.")),
      archive_torn_(counter(registry, "reachd_archive_torn_lines_total",
                            "Lines that a crash had torn, cut off at the start.")),
      queue_length_(gauge(registry, "reachd_worker_queue_length", "Jobs for the disk that wait.")),
      queue_age_(gauge(registry, "reachd_worker_oldest_job_seconds",
                       "Age of the job at the head: it grows while a disk hangs.")),
      delivered_(counter(registry, kNotifications, kNotificationsHelp, {{"result", "delivered"}})),
      failed_(counter(registry, kNotifications, kNotificationsHelp, {{"result", "failed"}})) {}

void RecordSeries::observe(const store::Health& store, const archive::Counts& archive,
                           const Worker::Load& load) {
  store_up_.Set(store.up ? 1 : 0);
  raise(store_errors_, store.errors);
  store_waiting_.Set(static_cast<double>(store.waiting));
  raise(store_dropped_, store.dropped);
  store_bytes_.Set(static_cast<double>(store.bytes));
  archive_up_.Set(archive.up ? 1 : 0);
  archive_bytes_.Set(static_cast<double>(archive.bytes));
  raise(archive_lines_, archive.lines);
  raise(archive_errors_, archive.errors);
  raise(archive_dropped_, archive.dropped);
  raise(archive_torn_, archive.torn);
  queue_length_.Set(static_cast<double>(load.length));
  queue_age_.Set(std::chrono::duration<double>(load.oldest).count());
}

void RecordSeries::count_notification(bool delivered) {
  (delivered ? delivered_ : failed_).Increment();
}

}  // namespace reachd
