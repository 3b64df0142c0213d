#include "probes/ladder.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "probes/ascent.hpp"
#include "probes/net/route.hpp"
#include "probes/net/together.hpp"
#include "probes/net/url.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

constexpr int kMaxRedirects = 10;

using Steps = std::vector<Observation>;

// The one address of a family that a light round tries.
std::string preferred(const Ascent& ascent, const std::vector<std::string>& addresses) {
  for (const auto* list : {&ascent.climb.innocent_first, &ascent.climb.again}) {
    for (const Endpoint& endpoint : *list) {
      const bool known = std::ranges::find(addresses, endpoint.address) != addresses.end();
      if (known) return endpoint.address;
    }
  }
  return addresses[ascent.climb.turn % addresses.size()];
}

// Which of a name's addresses this round tries: all that the target allows in a deep one; one a
// family, another at each turn, in a light one. A family without a route from here is left out:
// that our line has no IPv6 says nothing of the target. Without any route the first is tried, so
// that the kernel's refusal is on record.
std::vector<std::string> choose(const Ascent& ascent, const std::vector<std::string>& addresses) {
  std::map<bool, std::vector<std::string>> families;  // by "is IPv6"
  for (const std::string& address : addresses) {
    families[address.find(':') != std::string::npos].push_back(address);
  }
  std::vector<std::string> chosen;
  for (auto& [ipv6, list] : families) {
    // Of a light round with one family only one address is tried, route or not.
    const bool matters = ascent.deep() || families.size() > 1;
    if (matters && !net::has_route(list.front())) {
      list.clear();
      continue;
    }
    if (!ascent.deep()) {
      std::ranges::sort(list);
      list = {preferred(ascent, list)};
    }
  }
  for (const std::string& address : addresses) {
    const auto& list = families[address.find(':') != std::string::npos];
    if (std::ranges::find(list, address) != list.end() &&
        std::ranges::find(chosen, address) == chosen.end()) {
      chosen.push_back(address);
    }
  }
  for (const Endpoint& silent : ascent.climb.again) {
    const auto found = std::ranges::find(chosen, silent.address);
    if (found != chosen.end()) std::rotate(chosen.begin(), found, found + 1);
  }
  const auto limit = static_cast<std::size_t>(ascent.target.addresses);
  if (chosen.size() > limit) chosen.resize(limit);
  if (chosen.empty() && !addresses.empty()) chosen.push_back(addresses.front());
  return chosen;
}

const HttpSeen* last_answer(const Steps& steps) {
  return steps.empty() ? nullptr : std::get_if<HttpSeen>(&steps.back().seen);
}

// Whether this round looks at how much comes through, not only at whether something does.
bool wants_object(const Ascent& ascent) {
  return (ascent.deep() || ascent.climb.object) && !ascent.target.object.empty();
}

void append(Steps& all, Steps steps) {
  std::ranges::move(steps, std::back_inserter(all));
}

// Climbs on where an answer points to, hop by hop, each with addresses of its own.
asio::awaitable<void> follow(Ascent& ascent, std::string location, std::vector<std::string> cookies,
                             Steps& steps, std::vector<steps::Lookup>& lookups) {
  for (int depth = 1; !location.empty(); ++depth) {
    const auto place = net::parse_place(location);
    if (depth > kMaxRedirects || !place) {
      steps.back().failure = place ? Failure{Word::unknown_failure, "stopped after 10 redirects"}
                                   : Failure{Word::http_invalid_redirect_location_host, {}};
      co_return;
    }
    Answers answers = co_await ask(ascent, place->host, depth);
    std::ranges::move(answers.lookups, std::back_inserter(lookups));
    location.clear();
    for (const std::string& address : choose(ascent, answers.addresses)) {
      Visit hop{place->scheme, place->url, place->host, {address, place->port}, depth};
      Steps seen = co_await visit(ascent, std::move(hop), cookies);
      const HttpSeen* answer = last_answer(seen);
      const bool arrived = answer != nullptr && answer->status != 0;
      if (arrived && !seen.back().failure) location = answer->location;
      append(steps, std::move(seen));
      if (arrived) break;
    }
  }
}

// The visits, and beside them the resolvers that did not answer the last time.
asio::awaitable<std::vector<Steps>> visit_and_ask(Ascent& ascent, const std::string& asked,
                                                  std::vector<asio::awaitable<Steps>> visits,
                                                  std::vector<steps::Lookup>& lookups) {
  using namespace asio::experimental::awaitable_operators;
  auto [seen, asked_again] =
      co_await (net::together(ascent.way.executor, std::move(visits)) && ask_again(ascent, asked));
  std::ranges::move(asked_again, std::back_inserter(lookups));
  co_return std::move(seen);
}

// Every chosen address, side by side: connect, TLS, the service's own language. Then on where the
// first answer points to, and as much as it takes to meet a freeze or a throttle. What is asked
// meanwhile joins the lookups.
asio::awaitable<Steps> visit_all(Ascent& ascent, const std::string& asked,
                                 std::vector<std::string> chosen,
                                 std::vector<steps::Lookup>& lookups) {
  const Target& target = ascent.target;
  std::vector<std::vector<std::string>> cookies(chosen.size());
  std::vector<Steps> visited;
  {
    std::vector<asio::awaitable<Steps>> visits;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      Visit first{target.scheme, target.url, target.host, {chosen[i], target.port}, 0};
      visits.push_back(visit(ascent, std::move(first), cookies[i]));
    }
    if (ascent.climb.ask_again.empty()) {
      visited = co_await net::together(ascent.way.executor, std::move(visits));
    } else {
      visited = co_await visit_and_ask(ascent, asked, std::move(visits), lookups);
    }
  }

  // Where the first answer points elsewhere, on from there.
  const auto pointer = std::ranges::find_if(visited, [](const Steps& seen) {
    const HttpSeen* answer = last_answer(seen);
    return answer != nullptr && !answer->location.empty() && !seen.back().failure;
  });
  Steps onward;
  if (pointer != visited.end()) {
    onward.push_back(pointer->back());
    std::string location = last_answer(*pointer)->location;
    auto jar = std::move(cookies[static_cast<std::size_t>(pointer - visited.begin())]);
    co_await follow(ascent, std::move(location), std::move(jar), onward, lookups);
    pointer->back() = std::move(onward.front());
    onward.erase(onward.begin());
  }

  // As much as it takes to meet a freeze or a throttle, where a first answer came from.
  const auto answered = std::ranges::find_if(visited, [](const Steps& seen) {
    const HttpSeen* answer = last_answer(seen);
    return answer != nullptr && answer->status != 0 && !seen.back().failure;
  });
  Steps object;
  if (answered != visited.end() && wants_object(ascent)) {
    object = co_await fetch_object(ascent, answered->front().peer);
  }
  Steps steps;
  for (Steps& seen : visited) append(steps, std::move(seen));
  append(steps, std::move(onward));
  append(steps, std::move(object));
  co_return steps;
}

Measurement put_together(const Ascent& ascent, std::chrono::system_clock::time_point began,
                         Steps said, Steps steps) {
  Measurement measurement;
  measurement.vantage = ascent.climb.vantage;
  measurement.service = ascent.target.service;
  measurement.target = ascent.target.name;
  measurement.url = ascent.target.url;
  measurement.scheme = ascent.target.scheme;
  measurement.round = ascent.climb.round;
  measurement.began = began;
  // As much room as they need: a target keeps its latest ones.
  measurement.observations.reserve(said.size() + steps.size());
  append(measurement.observations, std::move(said));
  append(measurement.observations, std::move(steps));
  std::ranges::sort(measurement.observations, {}, [](const Observation& step) {
    return std::tuple(step.began, step.transaction, step.stage);
  });
  measurement.runtime = std::chrono::duration_cast<Micros>(Clock::now() - ascent.start);
  return measurement;
}

}  // namespace

asio::awaitable<Measurement> climb(net::WayOut& way, net::Resolvers& resolvers,
                                   const Target& target, const Climb& climb) {
  const auto began = std::chrono::system_clock::now();
  Ascent ascent{way, resolvers, target, climb, Clock::now()};

  // 0. What must come before the target's own name is said.
  Steps steps;
  for (const Endpoint& endpoint : climb.innocent_first) {
    append(steps, co_await try_innocent(ascent, endpoint, climb.innocent));
  }

  // 1. Names.
  const std::string& asked = target.scheme == Scheme::dns ? target.dns_name : target.host;
  Answers answers = co_await ask(ascent, asked, 0);
  std::vector<steps::Lookup> lookups = std::move(answers.lookups);

  // 2. Every chosen address, and on from there.
  if (target.scheme != Scheme::dns) {
    append(steps, co_await visit_all(ascent, asked, choose(ascent, answers.addresses), lookups));
  }

  // 3. What else the resolvers, or somebody in between, had to say.
  if (climb.only_listens) climb.only_listens();
  Steps said = co_await steps::settle_all(std::move(lookups));
  co_return put_together(ascent, began, std::move(said), std::move(steps));
}

}  // namespace reachd
