#include "daemon/web/routes.hpp"

#include <string_view>

#include <boost/beast/http/verb.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/listing.hpp"
#include "daemon/web/location.hpp"
#include "daemon/web/page.hpp"

namespace reachd::web {
namespace http = boost::beast::http;
namespace {

constexpr std::string_view kPageOf = "/targets/";
constexpr std::string_view kApiOf = "/api/v1/targets/";
constexpr std::string_view kApi = "/api/";

const TargetBoard* target_at(const Sources& sources, std::string_view path,
                             std::string_view prefix) {
  const auto name = parse_target_name(path.substr(prefix.size()));
  return name ? find(sources.board, *name) : nullptr;
}

Response overview(const Location& location, const Sources& sources) {
  const auto filter = parse_filter(location.query);
  if (!filter) return answer(HttpStatus::bad_request, kText, filter.error() + "\n");
  return answer(HttpStatus::ok, kHtml, overview_page(sources, *filter));
}

Response target_list(const Location& location, const Sources& sources) {
  const auto filter = parse_filter(location.query);
  if (!filter) return json_error(HttpStatus::bad_request, filter.error());
  return json_answer(targets_json(sources.board, *filter));
}

// ?since=RFC 3339&limit=N: the newest N that opened or went on since then, oldest first.
Response event_list(const Location& location, const Sources& sources) {
  const auto window = parse_window(location.query);
  if (!window) return json_error(HttpStatus::bad_request, window.error());
  return json_answer(events_json(sources.board, window->since, window->limit));
}

Response metrics(const Sources& sources) {
  Response response = answer(HttpStatus::ok, kMetrics, {});
  response.late_body = sources.metrics_text();
  return response;
}

Response healthy(const Sources& sources) {
  if (sources.healthy()) return answer(HttpStatus::ok, kText, "healthy\n");
  return answer(HttpStatus::service_unavailable, kText, "rounds do not complete\n");
}

Response ready(const Board& board) {
  if (board.ready && !board.stopping) return answer(HttpStatus::ok, kText, "ready\n");
  return answer(HttpStatus::service_unavailable, kText,
                board.stopping ? "stopping\n" : "first rounds are under way\n");
}

}  // namespace

Response respond(const Request& request, const Sources& sources) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    Response refusal = json_error(HttpStatus::method_not_allowed, "only GET and HEAD are served");
    refusal.set(http::field::allow, "GET, HEAD");
    return refusal;
  }
  const auto location = parse_location({request.target().data(), request.target().size()});
  if (!location) return json_error(HttpStatus::bad_request, "the request names no path");

  const std::string_view path = location->path;
  if (path == "/") return overview(*location, sources);
  if (path == "/style.css") return answer(HttpStatus::ok, kCss, std::string(stylesheet()));
  if (path == "/metrics") return metrics(sources);
  if (path == "/-/healthy") return healthy(sources);
  if (path == "/-/ready") return ready(sources.board);
  if (path == "/api/v1/targets") return target_list(*location, sources);
  if (path == "/api/v1/events") return event_list(*location, sources);
  if (path == "/api/v1/vantage") return json_answer(vantage_json(sources.board));
  if (path.starts_with(kApiOf)) {
    if (const TargetBoard* target = target_at(sources, path, kApiOf)) {
      return json_answer(target_json(*target));
    }
    return json_error(HttpStatus::not_found, "there is no such target");
  }
  if (path.starts_with(kPageOf)) {
    if (const TargetBoard* target = target_at(sources, path, kPageOf)) {
      return answer(HttpStatus::ok, kHtml, target_page(*target, sources.now()));
    }
    return answer(HttpStatus::not_found, kHtml, missing_page());
  }
  if (path.starts_with(kApi)) return json_error(HttpStatus::not_found, "there is no such path");
  return answer(HttpStatus::not_found, kHtml, missing_page());
}

}  // namespace reachd::web
