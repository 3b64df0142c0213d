#include <algorithm>
#include <array>
#include <utility>

#include "probes/ascent.hpp"
#include "probes/net/together.hpp"
#include "probes/net/url.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds kListenLight{500};
constexpr std::chrono::milliseconds kListenDeep{3000};

std::vector<std::string> question_types(const Target& target) {
  if (target.scheme == Scheme::dns) return {target.dns_type};
  std::vector<std::string> types;
  for (Family family : target.families) types.emplace_back(family == Family::ipv4 ? "A" : "AAAA");
  return types;
}

// A resolver that answered at all, even that there is no such name, need not be asked a second
// time.
bool answered(const std::vector<steps::Lookup>& lookups) {
  return std::ranges::any_of(lookups, [](const steps::Lookup& lookup) {
    const auto& failure = lookup.observation.failure;
    return !failure || failure->word == Word::dns_nxdomain_error ||
           failure->word == Word::dns_no_answer;
  });
}

void add(Answers& answers, std::vector<steps::Lookup> lookups) {
  for (std::string& address : addresses_in_turn(lookups)) {
    if (std::ranges::find(answers.addresses, address) == answers.addresses.end()) {
      answers.addresses.push_back(std::move(address));
    }
  }
  std::ranges::move(lookups, std::back_inserter(answers.lookups));
}

}  // namespace

asio::awaitable<std::vector<steps::Lookup>> ask_one(Ascent& ascent, ResolverSettings resolver,
                                                    std::string host, int depth,
                                                    std::chrono::milliseconds timeout) {
  const int range = resolver.kind == ResolverSettings::Kind::doh ? 30000 : 20000;
  std::vector<steps::DnsOptions> questions;
  for (std::string& type : question_types(ascent.target)) {
    steps::DnsOptions options;
    options.resolver = resolver;
    options.hostname = host;
    options.query_type = std::move(type);
    options.start = ascent.start;
    options.timeout = timeout;
    options.listen_on = ascent.deep() ? kListenDeep : kListenLight;
    options.transaction = ascent.next_transaction(range);
    options.depth = depth;
    questions.push_back(std::move(options));
  }
  return steps::look_up_all(ascent.way, std::move(questions));
}

// A4, B6, A4, B6…: neither family waits for the other's end.
std::vector<std::string> addresses_in_turn(const std::vector<steps::Lookup>& lookups) {
  std::array<std::vector<std::string>, 2> families;
  for (const steps::Lookup& lookup : lookups) {
    for (const std::string& address : steps::addresses_of(lookup.observation)) {
      families.at(address.find(':') == std::string::npos ? 0 : 1).push_back(address);
    }
  }
  std::vector<std::string> merged;
  for (std::size_t i = 0; i < std::max(families[0].size(), families[1].size()); ++i) {
    for (const auto& family : families) {
      if (i < family.size() && std::ranges::find(merged, family[i]) == merged.end()) {
        merged.push_back(family[i]);
      }
    }
  }
  return merged;
}

asio::awaitable<Answers> ask(Ascent& ascent, std::string host, int depth) {
  Answers answers;
  if (net::is_address(host)) {
    answers.addresses.push_back(host);
    co_return answers;
  }
  const std::vector<ResolverSettings> resolvers = ascent.resolvers.pick(ascent.target.resolvers);
  if (ascent.deep()) {
    std::vector<asio::awaitable<std::vector<steps::Lookup>>> asked;
    for (const ResolverSettings& resolver : resolvers) {
      asked.push_back(ask_one(ascent, resolver, host, depth, ascent.target.timeout));
    }
    auto all = co_await net::together(ascent.way.executor, std::move(asked));
    for (auto& lookups : all) add(answers, std::move(lookups));
    co_return answers;
  }
  for (const ResolverSettings& resolver : resolvers) {
    if (resolver.name != resolvers.front().name) break;
    auto lookups = co_await ask_one(ascent, resolver, host, depth, ascent.target.timeout);
    const bool enough = answered(lookups);
    add(answers, std::move(lookups));
    if (enough) break;
  }
  co_return answers;
}

asio::awaitable<std::vector<steps::Lookup>> ask_again(Ascent& ascent, std::string host) {
  std::vector<steps::Lookup> lookups;
  if (ascent.deep() || net::is_address(host)) co_return lookups;
  const std::vector<ResolverSettings> resolvers = ascent.resolvers.pick(ascent.target.resolvers);
  std::vector<asio::awaitable<std::vector<steps::Lookup>>> asked;
  for (const ResolverSettings& resolver : resolvers) {
    const auto& names = ascent.climb.ask_again;
    if (resolver.name == resolvers.front().name) continue;
    if (std::ranges::find(names, resolver.name) == names.end()) continue;
    asked.push_back(ask_one(ascent, resolver, host, 0, ascent.target.timeout));
  }
  for (auto& answers : co_await net::together(ascent.way.executor, std::move(asked))) {
    std::ranges::move(answers, std::back_inserter(lookups));
  }
  co_return lookups;
}

}  // namespace reachd
