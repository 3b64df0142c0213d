#include "daemon/web/answer.hpp"

#include <utility>

#include <boost/json/serialize.hpp>

namespace reachd::web {
namespace http = boost::beast::http;

Response answer(HttpStatus status, std::string_view content_type, std::string body) {
  Response response(status, 11, std::move(body));
  response.set(http::field::content_type, content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
               "frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

Response json_answer(const boost::json::object& object) {
  return answer(HttpStatus::ok, kJson, boost::json::serialize(object) + "\n");
}

Response json_error(HttpStatus status, std::string_view why) {
  return answer(status, kJson, boost::json::serialize(boost::json::object{{"error", why}}) + "\n");
}

}  // namespace reachd::web
