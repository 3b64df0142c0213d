#include "probes/control/summary.hpp"

#include <algorithm>
#include <ctime>
#include <map>
#include <optional>
#include <set>

#include <curl/curl.h>

#include "config/ascii.hpp"
#include "probes/net/url.hpp"
#include "probes/steps/dns.hpp"

namespace reachd {
namespace {

Family family_of(const Observation& step) {
  if (const auto* seen = std::get_if<DnsSeen>(&step.seen)) {
    return seen->query_type == "AAAA" ? Family::ipv6 : Family::ipv4;
  }
  return is_ipv6(step.peer) ? Family::ipv6 : Family::ipv4;
}

std::optional<std::chrono::seconds> clock_offset(const Measurement& measurement,
                                                 const Observation& step, const HttpSeen& seen) {
  for (const auto& [name, value] : seen.headers) {
    if (!ascii::iequals(name, "date")) continue;
    const std::time_t theirs = ::curl_getdate(value.c_str(), nullptr);
    if (theirs < 0) return std::nullopt;
    const auto ours =
        std::chrono::system_clock::to_time_t(measurement.began + step.began + seen.first_byte);
    return std::chrono::seconds(theirs - ours);
  }
  return std::nullopt;
}

// An answer over TLS proves itself; a plain one that points elsewhere may be a portal's.
void note_answer(const Measurement& measurement, const Observation& step, const HttpSeen& seen,
                 ControlResult& result) {
  if (seen.status == 0 || step.failure) return;
  if (step.depth == 0) {
    result.ok = true;
    if (!result.clock_offset) result.clock_offset = clock_offset(measurement, step, seen);
  }
  result.bytes_per_second = std::max(result.bytes_per_second, seen.bytes_per_second);
  const auto own = net::parse_place(measurement.url);
  const auto next = seen.location.empty() ? std::nullopt : net::parse_place(seen.location);
  if (!own || !next || own->scheme != Scheme::http || next->host == own->host) return;
  if (result.redirected_to.empty()) result.redirected_to = next->host;
}

void note_failures(const Measurement& measurement, ControlResult& result) {
  std::set<std::pair<Family, Stage>> told;
  for (const std::size_t index : failed_steps(measurement)) {
    const Observation& step = measurement.observations[index];
    const Family family = family_of(step);
    if (told.emplace(family, step.stage).second) {
      result.failures.push_back({step.stage, family, *step.failure});
    }
  }
}

template <typename T>
void add(std::vector<T>& list, T value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

}  // namespace

ControlResult summarize(const Measurement& measurement) {
  ControlResult result;
  result.name = measurement.service + "/" + measurement.target;
  result.side = measurement.service == "control.domestic" ? Side::domestic : Side::foreign;
  for (const Observation& step : measurement.observations) {
    if (step.purpose != Purpose::ladder) continue;
    if (step.stage == Stage::tcp) add(result.families, family_of(step));
    if (step.stage == Stage::dns && step.depth == 0) {
      for (std::string& address : steps::addresses_of(step)) {
        add(result.addresses, std::move(address));
      }
    }
    const auto* tls = std::get_if<TlsSeen>(&step.seen);
    if (tls != nullptr && step.depth == 0 && !tls->chain.empty() && result.issuer.empty()) {
      result.issuer = tls->chain.front().issuer;
    }
    if (const auto* http = std::get_if<HttpSeen>(&step.seen)) {
      note_answer(measurement, step, *http, result);
    }
  }
  note_failures(measurement, result);
  return result;
}

}  // namespace reachd
