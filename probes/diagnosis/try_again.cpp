#include <algorithm>
#include <array>
#include <utility>

#include "probes/diagnosis/case.hpp"
#include "probes/net/together.hpp"

namespace reachd::diagnosis {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kAgain = 2;  // of the broken connections
// Ports that something answers on, be it with a refusal, where an address is reachable at all.
constexpr std::array<std::uint16_t, 2> kOtherPorts{80, 443};
// The kernel asks 0, 1, 3, 7 and 15 s after the first time: whoever grants four connections a
// minute grants one of these.
constexpr std::chrono::seconds kPatience{16};

// A server that counts connections takes one again once it is left alone. Tried at the end, when
// nothing else is under way, and only if silence has lasted for rounds.
asio::awaitable<void> wait_for_it(Case& at) {
  if (silent_rounds(at.measurement.past) < kSilentRoundsBefore) co_return;
  std::vector<asio::awaitable<std::vector<Observation>>> waits;
  std::vector<std::string> cookies;
  for (const Broken& broken : at.broken) {
    if (broken.stage != Stage::tcp || waits.size() == kAgain) continue;
    Visit lonely{Scheme::tcp, {}, at.target.host, broken.peer};
    lonely.purpose = Purpose::connect_only;
    lonely.patience = kPatience;
    waits.push_back(visit(at.ascent, std::move(lonely), cookies));
  }
  auto waited = co_await net::together(at.ascent.way.executor, std::move(waits));
  for (auto& steps : waited) at.keep(std::move(steps));
}

}  // namespace

asio::awaitable<void> try_again(Case& at) {
  std::size_t tried = 0;
  for (const Broken& broken : at.broken) {
    if (tried++ == kAgain) break;
    Visit again{at.target.scheme, at.target.url, at.target.host, broken.peer};
    again.purpose = Purpose::retry;
    std::vector<std::string> cookies;
    at.keep(co_await visit(at.ascent, std::move(again), cookies));
    if (broken.stage != Stage::tcp) continue;
    for (const std::uint16_t port : kOtherPorts) {
      if (port == broken.peer.port) continue;
      Visit silent{Scheme::tcp, {}, at.target.host, {broken.peer.address, port}};
      silent.purpose = Purpose::connect_only;
      at.keep(co_await visit(at.ascent, std::move(silent), cookies));
    }
  }
  co_await wait_for_it(at);
}

asio::awaitable<void> go_round(Case& at) {
  const auto& proxy = at.tools.controls.proxy;
  if (!proxy || at.target.scheme == Scheme::dns) co_return;
  Visit round{at.target.scheme, at.target.url, at.target.host, {proxy->address, proxy->port}};
  round.purpose = Purpose::proxy;
  round.proxy = proxy;
  std::vector<std::string> cookies;
  auto steps = co_await visit(at.ascent, std::move(round), cookies);
  std::ranges::move(steps, std::back_inserter(at.found));  // no hit: it was not our address
}

}  // namespace reachd::diagnosis
