#include "probes/control/helper_report_json.hpp"

#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>

#include "probes/json_values.hpp"
#include "probes/read_knowledge.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

json::value helper_failure(const std::string& failure) {
  return failure.empty() ? json::value(nullptr) : text_value(failure);
}

json::value request_of(const HelperRequest& request) {
  json::object headers;
  for (const auto& [name, value] : request.headers) headers[name] = text_value(value);
  return {{"body_length", request.body_length},
          {"discovered_h3_endpoint", text_value(request.h3_endpoint)},
          {"failure", helper_failure(request.failure)},
          {"title", text_value(request.title)},
          {"headers", std::move(headers)},
          {"status_code", request.status}};
}

}  // namespace

json::object to_json(const HelperReport& helper) {
  json::object connects;
  for (const HelperConnect& connect : helper.connects) {
    connects[endpoint_text(connect.peer)] = {{"status", connect.failure.empty()},
                                             {"failure", helper_failure(connect.failure)}};
  }
  json::object handshakes;
  for (const HelperHandshake& handshake : helper.handshakes) {
    handshakes[endpoint_text(handshake.peer)] = {{"server_name", text_value(handshake.server_name)},
                                                 {"status", handshake.failure.empty()},
                                                 {"failure", helper_failure(handshake.failure)}};
  }
  json::object addresses;
  for (const HelperAddress& address : helper.addresses) {
    addresses[address.address] = {{"asn", address.asn}, {"flags", address.flags}};
  }
  json::object made{{"tcp_connect", std::move(connects)},
                    {"tls_handshake", std::move(handshakes)},
                    {"quic_handshake", json::object{}},
                    {"ip_info", std::move(addresses)}};
  if (helper.request) made["http_request"] = request_of(*helper.request);
  if (helper.lookup) {
    json::array found;
    for (const std::string& address : helper.lookup->addresses)
      found.push_back(text_value(address));
    made["dns"] = {{"failure", helper_failure(helper.lookup->failure)},
                   {"addrs", std::move(found)}};
  }
  return made;
}

std::optional<HelperReport> parse_report(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  // What every helper says, be it that it found nothing.
  const json::value* const names = object.if_contains("dns");
  if (!object.contains("tcp_connect") || names == nullptr || !names->is_object()) {
    return std::nullopt;
  }
  Budget budget{.left = 10'000};
  return read_helper_report(object, budget);
}

}  // namespace reachd
