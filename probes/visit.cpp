#include <utility>

#include "probes/ascent.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/http.hpp"
#include "probes/steps/mail.hpp"
#include "probes/steps/tls.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

using Steps = std::vector<Observation>;

void keep(Steps& steps, std::optional<Observation> observation) {
  if (observation) steps.push_back(std::move(*observation));
}

// The connection's last word belongs to the step that opened it.
void keep_info(Steps& steps, std::optional<TcpInfo> info) {
  if (info) std::get<TcpSeen>(steps.front().seen).info = info;
}

asio::awaitable<void> browse(Ascent& ascent, steps::Attempt attempt, asio::ip::tcp::socket socket,
                             std::string url, std::vector<std::string>& cookies, Steps& steps) {
  steps::HttpOptions options;
  options.url = std::move(url);
  options.method = ascent.target.method;
  options.headers = ascent.target.headers;
  options.cookies = cookies;
  options.body_limit = ascent.climb.body_limit;
  auto fetched = co_await steps::fetch(ascent.way, attempt, std::move(socket), std::move(options));
  keep(steps, std::move(fetched.tls));
  keep(steps, std::move(fetched.http));
  keep_info(steps, fetched.tcp_info);
  if (!fetched.cookies.empty()) cookies = std::move(fetched.cookies);
}

asio::awaitable<void> shake_hands(Ascent& ascent, steps::Attempt attempt,
                                  asio::ip::tcp::socket socket, std::string host, Steps& steps) {
  steps::TlsOptions options;
  options.server_name = std::move(host);
  auto secured = co_await steps::secure(ascent.way, attempt, std::move(socket), std::move(options));
  if (secured.stream) {
    secured.tcp_info = steps::tcp_info_of(secured.stream->next_layer().native_handle());
  }
  keep(steps, std::move(secured.observation));
  keep_info(steps, secured.tcp_info);
}

asio::awaitable<void> talk(Ascent& ascent, steps::Attempt attempt, asio::ip::tcp::socket socket,
                           std::string host, Steps& steps) {
  steps::MailOptions options;
  options.scheme = ascent.target.scheme;
  options.starttls = ascent.target.starttls;
  options.server_name = std::move(host);
  auto conversed =
      co_await steps::converse(ascent.way, attempt, std::move(socket), std::move(options));
  for (Observation& observation : conversed.observations) steps.push_back(std::move(observation));
  keep_info(steps, conversed.tcp_info);
}

}  // namespace

asio::awaitable<std::vector<Observation>> visit(Ascent& ascent, Visit visit,
                                                std::vector<std::string>& cookies) {
  const bool cleartext = visit.scheme == Scheme::http || visit.scheme == Scheme::tcp;
  steps::Attempt attempt;
  attempt.peer = visit.peer;
  attempt.start = ascent.start;
  attempt.deadline = Clock::now() + ascent.target.timeout;
  attempt.transaction = ascent.next_transaction(cleartext ? 40000 : 50000);
  attempt.depth = visit.depth;

  Steps steps;
  auto connected = co_await steps::connect(ascent.way, attempt);
  steps.push_back(std::move(connected.observation));
  if (!connected.socket) co_return steps;
  auto socket = std::move(*connected.socket);

  switch (visit.scheme) {
    case Scheme::http:
    case Scheme::https:
      co_await browse(ascent, attempt, std::move(socket), std::move(visit.url), cookies, steps);
      break;
    case Scheme::imap:
    case Scheme::imaps:
    case Scheme::smtp:
    case Scheme::smtps:
      co_await talk(ascent, attempt, std::move(socket), std::move(visit.host), steps);
      break;
    case Scheme::tls:
      co_await shake_hands(ascent, attempt, std::move(socket), std::move(visit.host), steps);
      break;
    case Scheme::tcp:
      keep_info(steps, steps::tcp_info_of(socket.native_handle()));
      break;
    case Scheme::dns:
      break;  // never visited: the answer is the service
  }
  co_return steps;
}

}  // namespace reachd
