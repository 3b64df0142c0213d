#include "daemon/remote_write/push_series.hpp"

#include <algorithm>
#include <chrono>

namespace reachd::remote_write {
namespace {

prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

// Their owner counts; a counter may only be raised.
void raise(prometheus::Counter* counter, std::uint64_t to) {
  counter->Increment(std::max(0.0, static_cast<double>(to) - counter->Value()));
}

}  // namespace

PushSeries::PushSeries(prometheus::Registry& registry)
    : samples_(prometheus::BuildCounter()
                   .Name("reachd_remote_write_samples_total")
                   .Help("Samples by what became of them: sent, failed (the receiver refused them "
                         "for good), dropped (no room to keep them, or torn by a crash).")
                   .Register(registry)),
      pending_(gauges(registry, "reachd_remote_write_pending_samples",
                      "Samples that wait for the receiver to take them.")),
      bytes_(gauges(registry, "reachd_remote_write_pending_bytes",
                    "Size of what waits, bounded by remote_write: {max_bytes}.")),
      last_success_(gauges(registry, "reachd_remote_write_last_success_timestamp_seconds",
                           "When the receiver took samples last, 0 before the first.")) {}

PushSeries::Series& PushSeries::series_of(const std::string& receiver) {
  const auto known = receivers_.find(receiver);
  if (known != receivers_.end()) return known->second;
  const prometheus::Labels labels{{"receiver", receiver}};
  const auto counter = [&](const char* result) {
    return &samples_.Add({{"receiver", receiver}, {"result", result}});
  };
  return receivers_
      .emplace(receiver,
               Series{counter("sent"), counter("failed"), counter("dropped"), &pending_.Add(labels),
                      &bytes_.Add(labels), &last_success_.Add(labels)})
      .first->second;
}

void PushSeries::observe(const std::map<std::string, PushCounts>& counts) {
  for (const auto& [receiver, now] : counts) {
    const Series& series = series_of(receiver);
    raise(series.sent, now.sent);
    raise(series.failed, now.failed);
    raise(series.dropped, now.dropped);
    series.pending->Set(static_cast<double>(now.pending));
    series.bytes->Set(static_cast<double>(now.pending_bytes));
    series.last_success->Set(
        std::chrono::duration<double>(now.last_success.time_since_epoch()).count());
  }
  std::erase_if(receivers_, [&](const auto& item) {
    if (counts.contains(item.first)) return false;
    const Series& series = item.second;
    for (auto* counter : {series.sent, series.failed, series.dropped}) samples_.Remove(counter);
    pending_.Remove(series.pending);
    bytes_.Remove(series.bytes);
    last_success_.Remove(series.last_success);
    return true;
  });
}

}  // namespace reachd::remote_write
