#include "probes/steps/http.hpp"

#include <algorithm>
#include <utility>

#include "config/ascii.hpp"
#include "probes/net/location.hpp"
#include "probes/steps/exchange.hpp"
#include "probes/steps/http_failure.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
namespace {

Micros between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration_cast<Micros>(std::max(to, from) - from);
}

Observation observation_of(const Attempt& attempt, Stage stage, Clock::time_point began,
                           Clock::time_point ended) {
  Observation observation;
  observation.stage = stage;
  observation.transaction = attempt.transaction;
  observation.depth = attempt.depth;
  observation.peer = attempt.peer;
  observation.began = between(attempt.start, began);
  observation.took = between(began, ended);
  return observation;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Fills in where the answer points to; a pointer that leads nowhere is the answer's failure.
void note_location(Observation& observation) {
  auto& seen = std::get<HttpSeen>(observation.seen);
  if (observation.failure || !is_redirect(seen.status)) return;
  const auto header = std::ranges::find_if(
      seen.headers, [](const auto& pair) { return ascii::iequals(pair.first, "location"); });
  if (header == seen.headers.end()) return;
  if (auto location = net::resolve_location(seen.url, header->second)) {
    seen.location = std::move(*location);
  } else {
    observation.failure = Failure{Word::http_invalid_redirect_location_host, {}};
  }
}

}  // namespace

asio::awaitable<Fetched> fetch(net::WayOut& way, const Attempt& attempt, net::Socket socket,
                               HttpOptions options) {
  const Clock::time_point began = Clock::now();
  const bool tls = options.url.starts_with("https:");
  Exchange exchange(way.trust, attempt.peer, std::move(socket), std::move(options));
  Ending ending{CURLE_OUT_OF_MEMORY};
  if (exchange.easy() != nullptr) {
    const auto performed = co_await way.curl.perform_until(exchange.easy(), attempt.deadline);
    const bool broken_off = performed.code == CURLE_ABORTED_BY_CALLBACK;
    const bool late = broken_off && performed.ended == net::Ended::late;
    ending = {performed.code, late, broken_off && !late};
  }
  const Clock::time_point ended = Clock::now();

  Fetched fetched;
  fetched.tcp_info = exchange.handover().tcp_info();
  Clock::time_point ready = began;
  if (tls) {
    const bool secured = exchange.secured();
    if (secured) ready = exchange.watch().ended();
    fetched.tls = std::make_unique<Observation>(
        observation_of(attempt, Stage::tls, began, secured ? ready : ended));
    Observation& observation = *fetched.tls;
    observation.seen = exchange.watch().seen();
    if (!secured) {
      observation.failure = handshake_failure(exchange, ending);
      co_return fetched;
    }
  }
  if (exchange.requested()) ready = exchange.request_sent();
  fetched.http = std::make_unique<Observation>(observation_of(attempt, Stage::http, ready, ended));
  Observation& observation = *fetched.http;
  observation.failure = answer_failure(exchange, ending);
  fetched.cookies = exchange.cookies();
  HttpSeen seen = exchange.take_seen(ended);
  if (observation.failure && seen.body_length > 0) {
    seen.stalled = between(exchange.last_byte(), ended);
  }
  observation.seen = std::move(seen);
  note_location(observation);
  co_return fetched;
}

}  // namespace reachd::steps
