#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "probes/ascent.hpp"
#include "probes/net/grid.hpp"
#include "probes/net/url.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/http.hpp"
#include "probes/steps/mail.hpp"
#include "probes/steps/tls.hpp"
#include "probes/steps/tunnel.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

using Steps = std::vector<Observation>;

void keep(Steps& steps, const std::unique_ptr<Observation>& observation) {
  if (observation) steps.push_back(std::move(*observation));
}

// The connection's last word belongs to the step that opened it.
void keep_info(Steps& steps, std::optional<TcpInfo> info) {
  if (info) std::get<TcpSeen>(steps.front().seen).info = info;
}

// A freeze after 14 to 32 kB, or a throttle, is met by what is longer than that.
constexpr std::size_t kObject = std::size_t{64} * 1024;

steps::HttpOptions options_for(const Ascent& ascent, Visit& visit,
                               const std::vector<std::string>& cookies) {
  const bool compared = !visit.innocent.empty();
  const bool object = compared || visit.purpose == Purpose::large_object;
  steps::HttpOptions options;
  options.url = std::move(visit.url);
  options.method = object ? "GET" : ascent.target.method;
  options.headers = ascent.target.headers;
  options.cookies = cookies;
  options.body_limit =
      object ? std::max(kObject, ascent.climb.body_limit) : ascent.climb.body_limit;
  options.innocent = std::move(visit.innocent);
  return options;
}

asio::awaitable<void> browse(Ascent& ascent, const steps::Attempt& attempt, net::Socket& socket,
                             Visit& visit, std::vector<std::string>& cookies, Steps& steps) {
  steps::Fetched fetched = co_await steps::fetch(ascent.way, attempt, std::move(socket),
                                                 options_for(ascent, visit, cookies));
  keep(steps, fetched.tls);
  keep(steps, fetched.http);
  keep_info(steps, fetched.tcp_info);
  if (!fetched.cookies.empty()) cookies = std::move(fetched.cookies);
}

asio::awaitable<void> shake_hands(Ascent& ascent, const steps::Attempt& attempt,
                                  net::Socket& socket, const std::string& host, Steps& steps) {
  steps::TlsOptions options;
  options.server_name = host;
  if (ascent.target.scheme == Scheme::https) options.alpn = {"h2", "http/1.1"};
  auto secured = co_await steps::secure(ascent.way, attempt,
                                        net::to_asio(ascent.way.executor, std::move(socket)),
                                        std::move(options));
  if (secured.stream) {
    secured.tcp_info = steps::tcp_info_of(secured.stream->next_layer().native_handle());
  }
  steps.push_back(std::move(secured.observation));
  keep_info(steps, secured.tcp_info);
}

// What the proxy itself would not or could not do is no fact about the target; what it says of the
// far end is.
Failure of_proxy(const Failure& failure) {
  switch (failure.word) {
    case Word::connection_refused:
    case Word::host_unreachable:
    case Word::network_unreachable:
    case Word::timed_out:
      return failure;
    default:
      return {Word::reachd_internal, "proxy: " + to_string(failure)};
  }
}

asio::awaitable<void> talk(Ascent& ascent, const steps::Attempt& attempt, net::Socket& socket,
                           const std::string& host, Steps& steps) {
  steps::MailOptions options;
  options.scheme = ascent.target.scheme;
  options.starttls = ascent.target.starttls;
  options.server_name = host;
  auto conversed = co_await steps::converse(ascent.way, attempt,
                                            net::to_asio(ascent.way.executor, std::move(socket)),
                                            std::move(options));
  for (Observation& observation : conversed.observations) steps.push_back(std::move(observation));
  keep_info(steps, conversed.tcp_info);
}

// Through the proxy to the host: nullopt if the far end's first byte may come now.
asio::awaitable<std::optional<Failure>> pass_through(Ascent& ascent, const steps::Attempt& attempt,
                                                     net::Socket& socket, const Visit& visit) {
  const auto place = net::parse_place(visit.url);
  const std::uint16_t port = place ? place->port : ascent.target.port;
  auto talking = net::to_asio(ascent.way.executor, std::move(socket));
  auto failure =
      co_await steps::tunnel(ascent.way, attempt, talking, visit.proxy->kind, visit.host, port);
  socket = net::from_asio(std::move(talking));
  co_return failure ? std::optional(of_proxy(*failure)) : std::nullopt;
}

bool limit_ttl(net::Socket& socket, bool ipv6, int ttl) {
  const int level = ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
  const int option = ipv6 ? IPV6_UNICAST_HOPS : IP_TTL;
  return ::setsockopt(socket.descriptor(), level, option, &ttl, sizeof ttl) == 0;
}

// The socket was all there is to say.
asio::awaitable<void> look_only(net::Socket& socket, Steps& steps) {
  keep_info(steps, steps::tcp_info_of(socket.descriptor()));
  co_return;
}

// What it is given stays in the caller's hands until it has ended.
asio::awaitable<void> speak(Ascent& ascent, const steps::Attempt& attempt, net::Socket& socket,
                            Visit& visit, std::vector<std::string>& cookies, Steps& steps) {
  switch (visit.scheme) {
    case Scheme::http:
    case Scheme::https:
      return browse(ascent, attempt, socket, visit, cookies, steps);
    case Scheme::imap:
    case Scheme::imaps:
    case Scheme::smtp:
    case Scheme::smtps:
      return talk(ascent, attempt, socket, visit.host, steps);
    case Scheme::tls:
      return shake_hands(ascent, attempt, socket, visit.host, steps);
    case Scheme::tcp:
    case Scheme::dns:  // never visited: the answer is the service
      break;
  }
  return look_only(socket, steps);
}

// The connection, ready for the service's first word; what it took is the first of the steps.
asio::awaitable<std::optional<net::Socket>> open(Ascent& ascent, steps::Attempt& attempt,
                                                 const Visit& visit, Steps& steps) {
  auto connected = co_await steps::connect(ascent.way, attempt);
  std::optional<Failure>& failure = connected.observation.failure;
  if (visit.proxy && failure)
    failure = Failure{Word::reachd_internal, "proxy: " + to_string(*failure)};
  if (visit.proxy && connected.socket) {
    failure = co_await pass_through(ascent, attempt, *connected.socket, visit);
  }
  const bool limited = connected.socket && visit.ttl > 0;
  if (limited && !limit_ttl(*connected.socket, is_ipv6(visit.peer), visit.ttl)) {
    failure = Failure{Word::reachd_internal, "the TTL cannot be set"};
  }
  if (failure) connected.socket.reset();
  steps.push_back(std::move(connected.observation));
  co_return std::move(connected.socket);
}

void tag(Steps& steps, Purpose purpose, int ttl) {
  for (Observation& step : steps) {
    step.purpose = purpose;
    step.ttl = ttl;
  }
}

}  // namespace

asio::awaitable<std::vector<Observation>> visit(Ascent& ascent, Visit visit,
                                                std::vector<std::string>& cookies) {
  const bool cleartext = visit.scheme == Scheme::http || visit.scheme == Scheme::tcp;
  steps::Attempt attempt;
  attempt.peer = visit.peer;
  attempt.start = ascent.start;
  attempt.deadline = net::on_grid(
      Clock::now() + (visit.patience.count() > 0 ? visit.patience : ascent.target.timeout));
  attempt.transaction = ascent.next_transaction(cleartext ? 40000 : 50000);
  attempt.depth = visit.depth;

  Steps steps;
  steps.reserve(3);  // connection, TLS, HTTP
  auto socket = co_await open(ascent, attempt, visit, steps);
  if (socket) co_await speak(ascent, attempt, *socket, visit, cookies, steps);
  tag(steps, visit.purpose, visit.ttl);
  co_return steps;
}

asio::awaitable<std::vector<Observation>> fetch_object(Ascent& ascent, Endpoint peer,
                                                       std::string innocent) {
  const Target& target = ascent.target;
  std::string url = target.url;
  if (!target.object.empty()) {
    url = url.substr(0, url.find_first_of("/?#", url.find("://") + 3)) + target.object;
  }
  Visit fetch{target.scheme, std::move(url), target.host, std::move(peer)};
  fetch.purpose = innocent.empty() ? Purpose::large_object : Purpose::sni_swap;
  fetch.innocent = std::move(innocent);
  std::vector<std::string> cookies;
  co_return co_await visit(ascent, std::move(fetch), cookies);
}

asio::awaitable<std::vector<Observation>> try_innocent(Ascent& ascent, Endpoint peer,
                                                       std::string innocent) {
  Visit under{ascent.target.scheme, {}, std::move(innocent), std::move(peer)};
  under.purpose = Purpose::sni_swap;
  std::vector<std::string> cookies;
  switch (ascent.target.scheme) {
    case Scheme::http:
      under.url = "http://" + under.host + "/";
      under.purpose = Purpose::host_swap;
      break;
    case Scheme::https:
      under.scheme = Scheme::tls;  // nothing is fetched under that name
      break;
    case Scheme::tcp:
    case Scheme::dns:
      co_return Steps{};
    default:
      break;
  }
  co_return co_await visit(ascent, std::move(under), cookies);
}

}  // namespace reachd
