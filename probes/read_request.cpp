#include <algorithm>

#include "config/ascii.hpp"
#include "probes/json_values.hpp"
#include "probes/net/location.hpp"
#include "probes/read_observation.hpp"
#include "probes/wire/html_title.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The list where there is one; older lines have a map only.
Headers headers_of(const json::object& message, Budget& budget) {
  Headers headers;
  for (const json::value& value : array_of(message, "headers_list")) {
    const auto* pair = value.if_array();
    if (pair == nullptr || pair->size() < 2) continue;
    if (!budget.take()) break;
    headers.emplace_back(text_of(pair->at(0)), text_of(pair->at(1)));
  }
  if (!headers.empty()) return headers;
  for (const auto& [name, value] : object_of(message, "headers")) {
    if (!budget.take()) break;
    headers.emplace_back(name, text_of(value));
  }
  return headers;
}

// The protocol, as TLS agreed on it: OONI keeps no version of HTTP.
std::string version_of(std::string_view alpn) {
  return alpn == "h2" ? "HTTP/2" : alpn == "h3" ? "HTTP/3" : "HTTP/1.1";
}

// Where the answer points to, as the ladder would have followed it.
std::string location_of(const HttpSeen& seen) {
  constexpr std::size_t kMostBytes = 8192;
  if (seen.status < 300 || seen.status > 399) return {};
  const auto header = std::ranges::find_if(
      seen.headers, [](const auto& pair) { return ascii::iequals(pair.first, "location"); });
  if (header == seen.headers.end() || header->second.size() > kMostBytes) return {};
  return net::resolve_location(seen.url, header->second).value_or("");
}

}  // namespace

Observation read_request(const json::object& entry, Origin origin, Budget& budget) {
  Observation step = read_times(entry, Stage::http);
  step.peer = endpoint_of(text_of(entry, "address"));
  const json::object& request = object_of(entry, "request");
  const json::object& response = object_of(entry, "response");
  HttpSeen seen;
  seen.url = text_of(request, "url");
  seen.method = text_of(request, "method");
  seen.request_headers = headers_of(request, budget);
  seen.status = std::clamp(integer_of<int>(response, "code"), 0, 999);
  seen.headers = headers_of(response, budget);
  seen.body = text_of(response, "body");
  seen.body_length = seen.body.size();
  seen.body_truncated = flag_of(response, "body_is_truncated");
  if (origin == Origin::ooni && seen.status != 0) {
    seen.version = version_of(text_of(entry, "alpn"));
    seen.title = wire::html_title(seen.body);
    seen.location = location_of(seen);
  }
  step.seen = std::move(seen);
  return step;
}

void add_request_facts(Observation& request, const json::object& step) {
  auto& seen = std::get<HttpSeen>(request.seen);
  seen.body_length = integer_of<std::size_t>(step, "body_length", seen.body_length);
  seen.body_truncated = flag_of(step, "body_truncated", seen.body_truncated);
  seen.version = text_of(step, "version");
  seen.title = text_of(step, "title");
  seen.body_sha256 = text_of(step, "body_sha256");
  seen.location = text_of(step, "location");
  seen.first_byte = time_of(step, "first_byte");
  seen.transfer = time_of(step, "transfer");
  seen.stalled = time_of(step, "stalled");
  seen.bytes_per_second = static_cast<double>(
      std::clamp<std::int64_t>(integer_of<std::int64_t>(step, "speed"), 0, 1'000'000'000'000'000));
}

}  // namespace reachd
