#include <algorithm>
#include <cmath>

#include "probes/json_values.hpp"
#include "probes/measurement_json.hpp"
#include "probes/text.hpp"
#include "probes/write_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

json::array list_of(const Sheet& sheet, const Headers& headers) {
  json::array list;
  for (const auto& [name, value] : headers) {
    list.push_back(json::array{sheet.text(name), sheet.text(value)});
  }
  return list;
}

// The first of each name, as OONI has it; a name that is no text has no place in a map.
json::object map_of(const Sheet& sheet, const Headers& headers) {
  json::object map;
  for (const auto& [name, value] : headers) {
    if (is_utf8(name)) map.emplace(name, sheet.text(value));
  }
  return map;
}

json::object request_of(const Sheet& sheet, const HttpSeen& seen) {
  return {{"body", ""},
          {"body_is_truncated", false},
          {"headers_list", list_of(sheet, seen.request_headers)},
          {"headers", map_of(sheet, seen.request_headers)},
          {"method", sheet.text(seen.method)},
          {"tor", {{"exit_ip", nullptr}, {"exit_name", nullptr}, {"is_tor", false}}},
          {"x_transport", "tcp"},
          {"url", sheet.text(seen.url)}};
}

// Scrubbed before it is cut, so that no address is cut into something that is not found.
json::object response_of(const Sheet& sheet, const HttpSeen& seen) {
  std::string body = sheet.bodies ? scrub(seen.body, sheet.own) : std::string{};
  const bool empty = seen.body.empty() && seen.body_length == 0;
  const bool cut = sheet.bodies ? body.size() > kArchivedBody : !empty;
  if (body.size() > kArchivedBody) body.resize(kArchivedBody);
  return {{"body", text_value(body)},
          {"body_is_truncated", seen.body_truncated || cut},
          {"code", seen.status},
          {"headers_list", list_of(sheet, seen.headers)},
          {"headers", map_of(sheet, seen.headers)}};
}

}  // namespace

void write_request(Sheet& sheet, const Observation& step) {
  const auto* known = std::get_if<HttpSeen>(&step.seen);
  const HttpSeen seen = known == nullptr ? HttpSeen{} : *known;
  const auto alpn = sheet.alpn.find(step.transaction);
  json::object entry{{"network", "tcp"},
                     {"address", endpoint_text(step.peer)},
                     {"alpn", sheet.text(alpn == sheet.alpn.end() ? "" : alpn->second)},
                     {"failure", sheet.failure(step.failure)},
                     {"request", request_of(sheet, seen)},
                     {"response", response_of(sheet, seen)}};
  add_times(sheet, entry, step);

  Lists& lists = sheet.lists[step.purpose];
  const std::size_t index = lists.requests.size() - ++lists.requests_written;
  lists.requests[index] = std::move(entry);
  json::object extra = step_of(step, "requests", index);
  extra["body_length"] = seen.body_length;
  extra["body_truncated"] = seen.body_truncated;
  if (!seen.version.empty()) extra["version"] = sheet.text(seen.version);
  if (!seen.title.empty()) extra["title"] = sheet.text(seen.title);
  if (!seen.body_sha256.empty()) extra["body_sha256"] = sheet.text(seen.body_sha256);
  if (!seen.location.empty()) extra["location"] = sheet.text(seen.location);
  if (seen.first_byte.count() != 0) extra["first_byte"] = seconds(seen.first_byte);
  if (seen.transfer.count() != 0) extra["transfer"] = seconds(seen.transfer);
  if (seen.stalled.count() != 0) extra["stalled"] = seconds(seen.stalled);
  if (seen.bytes_per_second > 0) {
    extra["speed"] = std::llround(std::clamp(seen.bytes_per_second, 1.0, 1e15));
  }
  sheet.steps.push_back(std::move(extra));
  add_event(sheet, step, "http_transaction_start", step.began, step.began, false);
  add_event(sheet, step, "http_transaction_done", step.began + step.took, step.began + step.took,
            true);
}

}  // namespace reachd
