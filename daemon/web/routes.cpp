#include "daemon/web/routes.hpp"

#include <algorithm>
#include <string_view>

#include <boost/beast/http/verb.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/web/answer.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/assets.hpp"
#include "daemon/web/gzip.hpp"
#include "daemon/web/listing.hpp"
#include "daemon/web/location.hpp"
#include "daemon/web/page.hpp"
#include "probes/measurement_json.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

constexpr std::string_view kAssets = "/assets/";
constexpr std::string_view kPageOf = "/targets/";
constexpr std::string_view kApiOf = "/api/v1/targets/";
constexpr std::string_view kApi = "/api/";
constexpr std::string_view kMeasurement = "/measurement";
constexpr std::string_view kHistory = "/history";
constexpr std::chrono::hours kUsualHistory{24};

Client client_of(const Request& request) {
  const auto tag = request[http::field::if_none_match];
  const auto encodings = request[http::field::accept_encoding];
  return {takes_gzip({encodings.data(), encodings.size()}), {tag.data(), tag.size()}};
}

const TargetBoard* target_at(const Sources& sources, std::string_view encoded) {
  const auto name = parse_target_name(encoded);
  return name ? find(sources.board, *name) : nullptr;
}

Response overview(const Request& request, const Location& location, const Sources& sources) {
  const auto filter = parse_filter(location.query);
  if (!filter) return answer(HttpStatus::bad_request, kText, filter.error() + "\n");
  return page_answer(HttpStatus::ok, overview_page(sources, *filter), sources.now(),
                     client_of(request));
}

Response missing(const Request& request, const Sources& sources) {
  return page_answer(HttpStatus::not_found, missing_page(), sources.now(), client_of(request));
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

// A name for a file: nothing of what the operator or the network chose but letters and digits.
std::string file_name(const Target& target) {
  std::string name = "reachd-" + id_of(target).substr(0, 80);
  std::ranges::replace_if(
      name, [](unsigned char c) { return c >= 0x80 || (std::isalnum(c) == 0 && c != '-'); }, '-');
  return name + ".json";
}

// ?of=last_failed: the latest round that was not ok; else the latest.
Response measurement(const Location& location, const TargetBoard& target) {
  const bool failed =
      std::ranges::find(location.query, std::pair<std::string, std::string>("of", "last_failed")) !=
      location.query.end();
  const auto& found = failed ? target.last_failed : target.last;
  if (!found) return json_error(HttpStatus::not_found, "there is no such round");
  Response response = json_answer(to_json(*found, failed ? target.failed_verdict : target.verdict));
  response.set(http::field::content_disposition,
               "attachment; filename=\"" + file_name(target.target) + "\"");
  return response;
}

// ?since=RFC 3339; a day if it is not given.
Response history(const Request& request, const Location& location, const Sources& sources,
                 const TargetBoard& target) {
  const auto window = parse_window(location.query);
  if (!window) return json_error(HttpStatus::bad_request, window.error());
  const WallTime since =
      window->since == WallTime{} ? sources.now() - kUsualHistory : window->since;
  Response response = json_answer({});
  if (!sources.past) {
    response.body() = boost::json::serialize(
        history_json({}, sources.board.chronicle, id_of(target.target), since));
    return response;
  }
  const bool gzip = client_of(request).gzip;
  response.set(http::field::vary, "Accept-Encoding");
  response.completion = [gzip, &board = sources.board, ask = sources.past,
                         id = id_of(target.target),
                         since](Response& late) -> asio::awaitable<void> {
    const Past past = co_await ask(id, since);
    std::string text =
        boost::json::serialize(history_json(past, board.chronicle, id, since)) + "\n";
    if (gzip) {
      set_packed(late, std::move(text));
    } else {
      late.body() = std::move(text);
    }
  };
  return response;
}

// What is asked of a target; a target whose own name ends like that comes first.
Response target_api(const Request& request, const Location& location, const Sources& sources) {
  const std::string_view encoded = std::string_view(location.path).substr(kApiOf.size());
  if (const auto* target = target_at(sources, encoded)) return json_answer(target_json(*target));
  if (encoded.ends_with(kMeasurement)) {
    const auto* target =
        target_at(sources, encoded.substr(0, encoded.size() - kMeasurement.size()));
    if (target != nullptr) return measurement(location, *target);
  }
  if (encoded.ends_with(kHistory)) {
    const auto* target = target_at(sources, encoded.substr(0, encoded.size() - kHistory.size()));
    if (target != nullptr) return history(request, location, sources, *target);
  }
  return json_error(HttpStatus::not_found, "there is no such target");
}

Response target_view(const Request& request, const Location& location, const Sources& sources) {
  const auto* target = target_at(sources, std::string_view(location.path).substr(kPageOf.size()));
  if (target == nullptr) return missing(request, sources);
  return page_answer(HttpStatus::ok, target_page(sources, *target), sources.now(),
                     client_of(request));
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
  if (path == "/") return overview(request, *location, sources);
  if (path.starts_with(kAssets)) {
    auto asset = asset_answer(path, client_of(request).gzip);
    return asset ? std::move(*asset) : missing(request, sources);
  }
  if (path == "/metrics") return metrics(sources);
  if (path == "/-/healthy") return healthy(sources);
  if (path == "/-/ready") return ready(sources.board);
  if (path == "/api/v1/targets") return target_list(*location, sources);
  if (path == "/api/v1/events") return event_list(*location, sources);
  if (path == "/api/v1/vantage") return json_answer(vantage_json(sources.board));
  if (path.starts_with(kApiOf)) return target_api(request, *location, sources);
  if (path.starts_with(kPageOf)) return target_view(request, *location, sources);
  if (path.starts_with(kApi)) return json_error(HttpStatus::not_found, "there is no such path");
  return missing(request, sources);
}

}  // namespace reachd::web
