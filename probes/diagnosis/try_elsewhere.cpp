#include <algorithm>
#include <array>
#include <utility>

#include "probes/diagnosis/case.hpp"

namespace reachd::diagnosis {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kPlaces = 2;  // where an innocent name is tried, then the target's

// Hops at which packets die, a different one each round: a reset that comes back all the same was
// sent by somebody on the way there.
constexpr std::array kTtls{4, 6, 8, 10, 12, 14};

bool names_somebody(Scheme scheme) {
  return scheme != Scheme::tcp && scheme != Scheme::dns;
}

Visit visit_of(const Case& at, Endpoint peer) {
  Visit again{at.target.scheme, at.target.url, at.target.host, std::move(peer)};
  again.purpose = Purpose::retry;
  return again;
}

bool failed(const std::vector<Observation>& steps) {
  return std::ranges::any_of(steps,
                             [](const Observation& step) { return step.failure.has_value(); });
}

// Plain HTTP says more than a name: with the target's Host and the path "/", whether it is the path
// that somebody minds.
asio::awaitable<bool> try_bare_path(Case& at, Endpoint peer) {
  if (at.target.scheme != Scheme::http || at.target.path == "/") co_return true;
  Visit bare = visit_of(at, peer);
  bare.url = bare.url.substr(0, bare.url.find('/', bare.url.find("://") + 3)) + "/";
  bare.purpose = Purpose::bare_path;
  std::vector<std::string> cookies;
  auto steps = co_await visit(at.ascent, std::move(bare), cookies);
  const bool passed = !failed(steps);
  at.keep(std::move(steps));
  co_return passed;
}

}  // namespace

asio::awaitable<void> try_elsewhere(Case& at) {
  const bool said_the_name = std::ranges::any_of(
      at.broken, [](const Broken& broken) { return broken.stage != Stage::tcp; });
  std::vector<Endpoint> places = quiet_places(at);
  std::size_t tried = 0;
  for (const Endpoint& peer : places) {
    if (tried == kPlaces) break;
    ++tried;
    if (said_the_name && names_somebody(at.target.scheme)) {
      auto steps = co_await try_innocent(at.ascent, peer, at.tools.controls.innocent);
      at.keep(std::move(steps));
      if (!co_await try_bare_path(at, peer)) continue;
    }
    std::vector<std::string> cookies;
    at.keep(co_await visit(at.ascent, visit_of(at, peer), cookies));
  }
  if (!said_the_name || places.size() <= tried || !names_somebody(at.target.scheme)) co_return;
  Visit dying = visit_of(at, places[tried]);
  dying.purpose = Purpose::ttl_limited;
  dying.ttl = kTtls.at(at.ascent.climb.turn % kTtls.size());
  std::vector<std::string> cookies;
  at.keep(co_await visit(at.ascent, std::move(dying), cookies));
}

}  // namespace reachd::diagnosis
