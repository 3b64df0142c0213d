#include <algorithm>
#include <string>
#include <utility>

#include "config/ascii.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/dns_stream.hpp"
#include "probes/steps/http.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
namespace {

constexpr std::string_view kContentType = "application/dns-message";

HttpOptions request_of(const DnsOptions& options, const DnsQuestion& question) {
  HttpOptions http;
  http.url = options.resolver.url;
  http.method = "POST";
  http.headers = {{"Content-Type", std::string(kContentType)},
                  {"Accept", std::string(kContentType)}};
  http.body.assign(question.query.begin(), question.query.end());
  http.body_limit = kMaxRawReplies;
  return http;
}

// Parameters after a semicolon do not matter.
bool is_dns_message(const HttpSeen& answer) {
  return std::ranges::any_of(answer.headers, [](const auto& header) {
    if (!ascii::iequals(header.first, "content-type")) return false;
    const std::string type = header.second.substr(0, header.second.find_first_of("; \t"));
    return ascii::iequals(type, kContentType);
  });
}

// What is wrong with an answer of HTTP's before it is looked at as DNS.
std::optional<Failure> failure_of(const HttpSeen& answer) {
  if (answer.status != 200) {
    return Failure{Word::unknown_failure, "doh: HTTP status " + std::to_string(answer.status)};
  }
  if (!is_dns_message(answer)) {
    return Failure{Word::unknown_failure, "doh: not of type application/dns-message"};
  }
  if (answer.body_truncated) {
    return Failure{Word::unknown_failure, "doh: longer than a dns message can be"};
  }
  return std::nullopt;
}

}  // namespace

asio::awaitable<void> ask_doh(net::WayOut& way, const DnsOptions& options,
                              const DnsQuestion& question, Clock::time_point deadline,
                              Observation& observation) {
  Attempt attempt = attempt_of(options, deadline);
  Connected connected = co_await connect(way, attempt);
  observation.failure = connected.observation.failure;
  if (!connected.socket) co_return;

  HttpOptions request = request_of(options, question);
  const Fetched fetched =
      co_await fetch(way, attempt, std::move(*connected.socket), std::move(request));
  if (fetched.tls) observation.failure = fetched.tls->failure;
  if (observation.failure || !fetched.http) co_return;
  const auto& answer = std::get<HttpSeen>(fetched.http->seen);
  observation.failure = fetched.http->failure;
  if (!observation.failure) observation.failure = failure_of(answer);
  if (observation.failure) co_return;

  const auto at = std::chrono::duration_cast<Micros>(Clock::now() - options.start);
  const std::span body(reinterpret_cast<const std::uint8_t*>(answer.body.data()),
                       answer.body.size());
  observation.failure = add_reply(question, body, at, std::get<DnsSeen>(observation.seen)).failure;
}

}  // namespace reachd::steps
