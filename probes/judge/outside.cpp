#include "probes/judge/outside.hpp"

#include <algorithm>

namespace reachd {
namespace {

Outside view(const std::string& failure) {
  return failure.empty() ? Outside::fine : Outside::fails;
}

// The same fetch through the second way out: one that got through outweighs those that did not.
Outside through_proxy(const Facts& facts, Stage stage) {
  Outside seen = Outside::silent;
  for (const Connection& connection : facts.connections) {
    if (connection.purpose != Purpose::proxy) continue;
    const bool reached =
        connection.failed_step < 0 || facts.step(connection.failed_step).stage > stage;
    if (reached) return Outside::fine;
    seen = Outside::fails;
  }
  return seen;
}

}  // namespace

Outside outside_of_endpoint(const Facts& facts, const Connection& connection, Stage stage) {
  if (!facts.measurement.helper) return Outside::silent;
  const HelperReport& helper = *facts.measurement.helper;
  if (stage == Stage::tcp) {
    const auto found = std::ranges::find(helper.connects, connection.peer, &HelperConnect::peer);
    if (found != helper.connects.end()) return view(found->failure);
  }
  if (stage == Stage::tls) {
    const auto found =
        std::ranges::find(helper.handshakes, connection.peer, &HelperHandshake::peer);
    if (found != helper.handshakes.end()) return view(found->failure);
    const auto connect = std::ranges::find(helper.connects, connection.peer, &HelperConnect::peer);
    if (connect != helper.connects.end() && !connect->failure.empty()) return Outside::fails;
  }
  return Outside::silent;
}

Outside outside_of_fetch(const Facts& facts) {
  const auto& helper = facts.measurement.helper;
  if (helper && helper->request) return view(helper->request->failure);
  return through_proxy(facts, Stage::http);
}

Outside outside_of(const Facts& facts, const Connection& connection, Stage stage) {
  if (stage == Stage::http || connection.depth > 0) return outside_of_fetch(facts);
  if (facts.measurement.helper) {
    const Outside seen = outside_of_endpoint(facts, connection, stage);
    if (seen != Outside::silent) return seen;
    // The fetch got through all stages, if not at this address.
    if (outside_of_fetch(facts) == Outside::fine) return Outside::fine;
  }
  return through_proxy(facts, stage);
}

Outside outside_of_name(const Facts& facts, const Lookup& lookup) {
  if (lookup.depth > 0) return outside_of_fetch(facts);
  const auto& helper = facts.measurement.helper;
  if (!helper || !helper->lookup) return Outside::silent;
  return helper->lookup->failure.empty() && !helper->lookup->addresses.empty() ? Outside::fine
                                                                               : Outside::fails;
}

std::vector<int> proxy_steps(const Facts& facts) {
  std::vector<int> steps;
  for (const Connection& connection : facts.connections) {
    if (connection.purpose != Purpose::proxy) continue;
    steps.push_back(std::max({connection.tcp, connection.tls, connection.http, connection.mail}));
  }
  return steps;
}

}  // namespace reachd
