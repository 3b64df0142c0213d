#include <algorithm>
#include <array>
#include <utility>

#include "probes/diagnosis/case.hpp"

namespace reachd::diagnosis {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kAgain = 2;  // of the broken connections
// Ports that something answers on, be it with a refusal, where an address is reachable at all.
constexpr std::array<std::uint16_t, 2> kOtherPorts{80, 443};

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
