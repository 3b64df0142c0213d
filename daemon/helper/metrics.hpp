// The helper's own series, apart from the daemon's. Labels are bounded: an asker decides none.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace reachd::helper {

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // An answer with that status of HTTP, the time from the request to it.
  void count(int status, std::chrono::duration<double> took);
  void set_connections(std::size_t open);
  void set_in_flight(std::size_t inquiries);
  void count_dropped();                       // a connection beyond the bounds, closed unheard
  void set_refusals(std::uint64_t refusals);  // addresses that the guard refused, so far
  std::string text() const;                   // Prometheus' text format

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  std::map<int, prometheus::Counter*> codes_;
  prometheus::Histogram& duration_;
  prometheus::Gauge& connections_;
  prometheus::Gauge& in_flight_;
  prometheus::Counter& dropped_;
  prometheus::Counter& refusals_;
};

}  // namespace reachd::helper
