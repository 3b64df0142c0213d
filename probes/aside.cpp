#include "probes/aside.hpp"

#include <algorithm>
#include <string_view>

#include "probes/print.hpp"

namespace reachd {
namespace {

constexpr std::size_t kNameWidth = 60;

// The name that the connection of this step said to whoever listens; empty if it said none.
std::string name_said(const Measurement& measurement, const Observation& step) {
  std::string host;
  for (const Observation& other : measurement.observations) {
    if (other.transaction != step.transaction || other.peer != step.peer) continue;
    if (const auto* tls = std::get_if<TlsSeen>(&other.seen)) return tls->server_name;
    const auto* http = std::get_if<HttpSeen>(&other.seen);
    if (http == nullptr) continue;
    const std::string_view url = http->url;
    const std::size_t begin = std::min(url.find("://"), url.size());
    const std::string_view rest = url.substr(std::min(begin + 3, url.size()));
    host = rest.substr(0, rest.find_first_of(":/?#"));
  }
  return host;
}

bool ladder_went_to(const Measurement& measurement, const Endpoint& peer) {
  return std::ranges::any_of(measurement.observations, [&](const Observation& other) {
    return other.purpose == Purpose::ladder && other.stage != Stage::dns && other.peer == peer;
  });
}

std::string named(const std::string& name, std::string_view otherwise) {
  return name.empty() ? std::string(otherwise) : escape_for_people(name, kNameWidth);
}

}  // namespace

std::string aside_of(const Measurement& measurement, const Observation& step) {
  if (step.stage == Stage::dns) return {};
  const std::string name = name_said(measurement, step);
  const bool same = ladder_went_to(measurement, step.peer);
  const std::string where = same ? " on the same address" : " on another address";
  switch (step.purpose) {
    case Purpose::retry:
      return "true name again" + (name.empty() ? std::string() : ": " + named(name, "")) + where;
    case Purpose::sni_swap:
    case Purpose::host_swap:
      return named(name, "an innocent name") + where;
    case Purpose::bare_path:
      return "true name, the path / alone" + where;
    case Purpose::connect_only:
      return same ? "no word said, and patience: does it answer once it is left alone?"
                  : "no word said: does another port answer?";
    case Purpose::ttl_limited:
      return "true name in packets that die after " + std::to_string(step.ttl) + " hops" + where;
    case Purpose::plain_tcp:
      return "true name without TCP options" + where;
    case Purpose::proxy:
      return "the same through the proxy";
    case Purpose::large_object:
      return "a larger object under " + named(name, "no name") + where;
    case Purpose::tls_only:
      return "a handshake beside, nothing is fetched over it";
    default:
      return {};
  }
}

}  // namespace reachd
