#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "probes/diagnosis/case.hpp"
#include "probes/net/together.hpp"
#include "probes/net/url.hpp"

namespace reachd::diagnosis {
namespace asio = boost::asio;
namespace {

using Lookups = std::vector<steps::Lookup>;

constexpr std::chrono::seconds kPatience{4};   // silence is what is expected of some
constexpr std::size_t kInnocentQuestions = 6;  // resolvers that are asked for the innocent name

std::string name_of(const Target& target) {
  return target.scheme == Scheme::dns ? target.dns_name : target.host;
}

// All questions of one name to one resolver, listened on to their end.
asio::awaitable<std::vector<Observation>> question(Case& at, ResolverSettings resolver,
                                                   std::string host, Purpose purpose) {
  const auto patience = std::min<std::chrono::milliseconds>(at.target.timeout, kPatience);
  Lookups lookups = co_await ask_one(at.ascent, std::move(resolver), std::move(host), 0, patience);
  auto observations = co_await steps::settle_all(std::move(lookups));
  for (Observation& step : observations) step.purpose = purpose;
  co_return observations;
}

bool was_asked(const Measurement& measurement, const ResolverSettings& resolver) {
  return std::ranges::any_of(measurement.observations, [&](const Observation& step) {
    const auto* seen = std::get_if<DnsSeen>(&step.seen);
    return seen != nullptr && step.purpose == Purpose::ladder && step.depth == 0 &&
           seen->resolver == resolver.name && step.peer.address == resolver.address;
  });
}

// Whoever answered nothing for the target's name: does he for any other?
bool failed_on_target(const std::vector<Observation>& steps, const ResolverSettings& resolver) {
  bool asked = false;
  for (const Observation& step : steps) {
    const auto* seen = std::get_if<DnsSeen>(&step.seen);
    const bool about = seen != nullptr && step.depth == 0 && seen->resolver == resolver.name &&
                       step.peer.address == resolver.address &&
                       (step.purpose == Purpose::ladder || step.purpose == Purpose::resolver);
    if (!about || (step.failure && is_ours(*step.failure))) continue;
    if (!step.failure) return false;
    asked = true;
  }
  return asked;
}

asio::awaitable<std::vector<Observation>> non_resolver(Case& at) {
  std::vector<Observation> steps;
  if (at.tools.controls.non_resolver.empty()) co_return steps;
  ResolverSettings nobody;
  nobody.name = "non_resolver";
  nobody.kind = ResolverSettings::Kind::udp;
  nobody.address = at.tools.controls.non_resolver;
  // The innocent name goes first: whoever answers that answers everything.
  steps = co_await question(at, nobody, at.tools.controls.innocent, Purpose::non_resolver_check);
  auto target = co_await question(at, nobody, name_of(at.target), Purpose::non_resolver);
  std::ranges::move(target, std::back_inserter(steps));
  co_return steps;
}

asio::awaitable<std::vector<std::vector<Observation>>> in_parallel(
    Case& at, std::vector<asio::awaitable<std::vector<Observation>>> questions) {
  co_return co_await net::together(at.ascent.way.executor, std::move(questions));
}

void take(Case& at, std::vector<std::vector<Observation>> all) {
  for (auto& steps : all) {
    for (Observation& step : steps) {
      if (step.purpose == Purpose::resolver) {
        for (std::string& address : steps::addresses_of(step)) {
          if (std::ranges::find(at.addresses, address) != at.addresses.end()) continue;
          at.addresses.push_back(std::move(address));
        }
      }
      at.found.push_back(std::move(step));
    }
  }
}

}  // namespace

asio::awaitable<void> ask_around(Case& at) {
  const std::string name = name_of(at.target);
  if (net::is_address(name)) co_return;
  const auto resolvers = at.tools.resolvers.pick(at.target.resolvers);
  std::vector<asio::awaitable<std::vector<Observation>>> questions;
  questions.push_back(non_resolver(at));
  for (const ResolverSettings& resolver : resolvers) {
    if (was_asked(at.measurement, resolver)) continue;
    questions.push_back(question(at, resolver, name, Purpose::resolver));
  }
  take(at, co_await in_parallel(at, std::move(questions)));

  std::vector<Observation> all = at.measurement.observations;
  all.insert(all.end(), at.found.begin(), at.found.end());
  std::vector<asio::awaitable<std::vector<Observation>>> innocent;
  for (const ResolverSettings& resolver : resolvers) {
    if (innocent.size() == kInnocentQuestions || !failed_on_target(all, resolver)) continue;
    innocent.push_back(question(at, resolver, at.tools.controls.innocent, Purpose::innocent_name));
  }
  take(at, co_await in_parallel(at, std::move(innocent)));
}

}  // namespace reachd::diagnosis
