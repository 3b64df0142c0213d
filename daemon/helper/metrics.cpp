#include "daemon/helper/metrics.hpp"

#include <array>

#include <prometheus/text_serializer.h>

namespace reachd::helper {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// All that the server answers; all series exist from the first scrape.
constexpr std::array kCodes{200, 400, 401, 404, 405, 413, 429, 431, 500, 503};
const prometheus::Histogram::BucketBoundaries kSeconds{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30};

}  // namespace

Metrics::Metrics()
    : requests_(BuildCounter()
                    .Name("reachd_helper_requests_total")
                    .Help("Requests answered, by status of HTTP")
                    .Register(registry_)),
      duration_(BuildHistogram()
                    .Name("reachd_helper_request_duration_seconds")
                    .Help("From a request to its answer")
                    .Register(registry_)
                    .Add({}, kSeconds)),
      connections_(BuildGauge()
                       .Name("reachd_helper_connections")
                       .Help("Connections that are open")
                       .Register(registry_)
                       .Add({})),
      in_flight_(BuildGauge()
                     .Name("reachd_helper_requests_in_flight")
                     .Help("Questions that are being worked on")
                     .Register(registry_)
                     .Add({})),
      dropped_(BuildCounter()
                   .Name("reachd_helper_connections_dropped_total")
                   .Help("Connections beyond the bounds, closed unheard")
                   .Register(registry_)
                   .Add({})),
      refusals_(BuildCounter()
                    .Name("reachd_helper_addresses_refused_total")
                    .Help("Addresses that were asked for and are not to be reached")
                    .Register(registry_)
                    .Add({})) {
  for (const int code : kCodes) codes_[code] = &requests_.Add({{"code", std::to_string(code)}});
}

void Metrics::count(int status, std::chrono::duration<double> took) {
  const auto found = codes_.find(status);
  if (found != codes_.end()) found->second->Increment();
  duration_.Observe(took.count());
}

void Metrics::set_connections(std::size_t open) {
  connections_.Set(static_cast<double>(open));
}
void Metrics::set_in_flight(std::size_t inquiries) {
  in_flight_.Set(static_cast<double>(inquiries));
}
void Metrics::count_dropped() {
  dropped_.Increment();
}
void Metrics::set_refusals(std::uint64_t refusals) {
  refusals_.Increment(static_cast<double>(refusals) - refusals_.Value());
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace reachd::helper
