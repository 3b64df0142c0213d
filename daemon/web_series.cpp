#include "daemon/web_series.hpp"

#include <algorithm>
#include <string>

namespace reachd {

WebSeries::WebSeries(prometheus::Registry& registry)
    : checks_(prometheus::BuildGauge()
                  .Name("reachd_web_password_checks")
                  .Help("Passwords that wait to be checked or are being checked.")
                  .Register(registry)
                  .Add({})) {
  auto& family = prometheus::BuildCounter()
                     .Name("reachd_web_refused_total")
                     .Help("Requests and connections that were turned away, by why.")
                     .Register(registry);
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    refused_.at(i) = &family.Add({{"reason", std::string(web::kRefusalReasons.at(i))}});
  }
}

void WebSeries::observe(const web::Tally& tally) {
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    const auto total = static_cast<double>(tally.refused.at(i).load());
    refused_.at(i)->Increment(std::max(0.0, total - refused_.at(i)->Value()));
  }
  checks_.Set(static_cast<double>(tally.checks.load()));
}

}  // namespace reachd
