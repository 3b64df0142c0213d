// The answers that routes and server give: one place for the headers that every one of them
// carries, so that no page can be framed, sniffed, cached or made to load anything from elsewhere.
#pragma once

#include <string>
#include <string_view>

#include <boost/beast/http/status.hpp>
#include <boost/json/object.hpp>

#include "daemon/web/document.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

using HttpStatus = boost::beast::http::status;

inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kCss = "text/css; charset=utf-8";
inline constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";

Response answer(HttpStatus status, std::string_view content_type, std::string body);
// What depends on what a client takes. The answer to a request that has `tag` already is 304.
struct Client {
  bool gzip = false;
  std::string_view tag;  // of its If-None-Match, empty if it has none
};
// A document, compressed if the client takes that, with its ETag.
Response page_answer(HttpStatus status, const Document& document, WallTime now,
                     const Client& client);

// Makes `text` the body, compressed on the web server's thread, and says so in the header.
void set_packed(Response& response, std::string text);

Response json_answer(const boost::json::object& object);
Response json_error(HttpStatus status, std::string_view why);  // {"error": "…"}

}  // namespace reachd::web
