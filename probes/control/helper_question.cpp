#include "probes/control/helper_question.hpp"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "config/ascii.hpp"
#include "probes/json_values.hpp"
#include "probes/net/url.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 3> kHeaders{"Accept", "Accept-Language", "User-Agent"};
constexpr std::size_t kLongestHeader = 1024;  // bytes of one value

using Refused = boost::system::result<HelperQuestion, std::string>;

Refused refuse(std::string why) {
  return Refused(boost::system::in_place_error, std::move(why));
}

bool set_place(HelperQuestion& question) {
  const auto place = net::parse_place(question.url);
  if (!place) return false;
  question.host = place->host;
  question.port = place->port;
  question.secure = place->scheme == Scheme::https;
  return true;
}

// Lists of values in the protocol; of more than one the first counts, as in OONI's helper.
std::string header_of(const json::object& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (!ascii::iequals(std::string_view(key), name)) continue;
    const auto* list = value.if_array();
    if (list != nullptr) return list->empty() ? "" : text_of(list->front());
    return text_of(value);
  }
  return "";
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c != '\x7f'; });
}

}  // namespace

HelperQuestion question_of(const Target& target, const std::vector<std::string>& addresses) {
  HelperQuestion question;
  question.fetch = target.scheme == Scheme::http || target.scheme == Scheme::https;
  if (question.fetch) {
    question.url = target.url;
    for (const auto& header : target.headers) {
      const auto known = std::ranges::find_if(
          kHeaders, [&](std::string_view name) { return ascii::iequals(name, header.first); });
      if (known != kHeaders.end()) question.headers.emplace_back(*known, header.second);
    }
  } else {
    const bool brackets = target.host.find(':') != std::string::npos;
    question.url = "https://" + (brackets ? "[" + target.host + "]" : target.host) + ":" +
                   std::to_string(target.port) + "/";
    question.handshake_everywhere = target.scheme == Scheme::imaps ||
                                    target.scheme == Scheme::smtps || target.scheme == Scheme::tls;
  }
  set_place(question);
  if (target.scheme == Scheme::https) question.handshake_everywhere = true;
  for (const std::string& address : addresses) {
    if (question.endpoints.size() == HelperQuestion::kMostEndpoints) break;
    question.endpoints.push_back({address, target.port});
  }
  return question;
}

std::string to_json(const HelperQuestion& question) {
  json::object headers;
  for (const auto& [name, value] : question.headers) headers[name] = json::array{text_value(value)};
  json::array endpoints;
  for (const Endpoint& endpoint : question.endpoints) {
    endpoints.emplace_back(endpoint_text(endpoint));
  }
  return json::serialize(json::object{
      {"http_request", question.url},
      {"http_request_headers", std::move(headers)},
      {"tcp_connect", std::move(endpoints)},
      {"x_quic_enabled", false},
      {"x_reachd",
       {{"handshake_everywhere", question.handshake_everywhere}, {"fetch", question.fetch}}}});
}

Refused parse_question(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return refuse("the body is not a JSON object");
  const json::object& object = value.get_object();

  HelperQuestion question;
  question.url = text_of(object, "http_request");
  if (question.url.size() > 2048 || !is_printable(question.url) || !set_place(question)) {
    return refuse("http_request is not an http or https URL");
  }
  for (const std::string_view name : kHeaders) {
    std::string header = header_of(object_of(object, "http_request_headers"), name);
    if (header.empty()) continue;
    if (header.size() > kLongestHeader || !is_printable(header)) {
      return refuse("a header is too long or not text");
    }
    question.headers.emplace_back(name, std::move(header));
  }
  const json::array& endpoints = array_of(object, "tcp_connect");
  if (endpoints.size() > HelperQuestion::kMostEndpoints) {
    return refuse("tcp_connect holds more than 32 endpoints");
  }
  for (const json::value& entry : endpoints) {
    const Endpoint endpoint = endpoint_of(text_of(entry));
    const bool scoped = endpoint.address.find('%') != std::string::npos;
    if (endpoint.address.empty() || endpoint.port == 0 || scoped) {
      return refuse("tcp_connect holds what is no address with a port");
    }
    if (std::ranges::find(question.endpoints, endpoint) == question.endpoints.end()) {
      question.endpoints.push_back(endpoint);
    }
  }
  const json::object& ours = object_of(object, "x_reachd");
  question.handshake_everywhere = flag_of(ours, "handshake_everywhere");
  question.fetch = flag_of(ours, "fetch", true);
  return question;
}

}  // namespace reachd
