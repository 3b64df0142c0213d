#include "daemon/web/answer.hpp"

#include <utility>

#include <boost/json/serialize.hpp>

#include "daemon/web/gzip.hpp"

namespace reachd::web {
namespace http = boost::beast::http;

Response answer(HttpStatus status, std::string_view content_type, std::string body) {
  Response response(status, 11, std::move(body));
  response.set(http::field::content_type, content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
               "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

Response page_answer(HttpStatus status, const Document& document, WallTime now,
                     const Client& client) {
  const std::string tag = tag_of(document);
  const bool known = status == HttpStatus::ok && client.tag == tag;
  Response response = answer(known ? HttpStatus::not_modified : status, kHtml, {});
  response.set(http::field::etag, tag);
  response.set(http::field::vary, "Accept-Encoding");
  if (known) return response;
  std::string text = page(document, tag, now);
  if (!client.gzip) {
    response.body() = std::move(text);
    return response;
  }
  set_packed(response, std::move(text));
  return response;
}

void set_packed(Response& response, std::string text) {
  constexpr int kFast = 4;
  response.set(http::field::content_encoding, "gzip");
  response.body().clear();
  response.late_body = [text = std::move(text)](std::string& body) {
    body += gzipped(text, kFast);
    return false;
  };
}

Response json_answer(const boost::json::object& object) {
  return answer(HttpStatus::ok, kJson, boost::json::serialize(object) + "\n");
}

Response json_error(HttpStatus status, std::string_view why) {
  return answer(status, kJson, boost::json::serialize(boost::json::object{{"error", why}}) + "\n");
}

}  // namespace reachd::web
