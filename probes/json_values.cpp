#include "probes/json_values.hpp"

#include <algorithm>
#include <cmath>

#include <arpa/inet.h>

#include "probes/text.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr double kMostSeconds = 1e9;

std::optional<double> number_of(const json::value& value) {
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  return std::nullopt;
}

}  // namespace

json::value text_value(std::string_view bytes) {
  if (is_utf8(bytes)) return json::string(bytes);
  return json::object{{"format", "base64"}, {"data", to_base64(bytes)}};
}

std::string text_of(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  const auto* object = value.if_object();
  if (object == nullptr) return {};
  const json::value* format = object->if_contains("format");
  const json::value* data = object->if_contains("data");
  if (format == nullptr || data == nullptr || !data->is_string() || *format != "base64") return {};
  return from_base64(data->get_string()).value_or("");
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string{} : text_of(*value);
}

double seconds(Micros time) {
  return static_cast<double>(time.count()) / 1e6;
}

std::optional<Micros> find_time(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const auto number = value == nullptr ? std::nullopt : number_of(*value);
  if (!number) return std::nullopt;
  return Micros{std::llround(std::clamp(*number, 0.0, kMostSeconds) * 1e6)};
}

Micros time_of(const json::object& object, std::string_view key) {
  return find_time(object, key).value_or(Micros{0});
}

std::optional<Failure> failure_of(const json::object& object, std::string_view key) {
  return parse_failure(text_of(object, key));
}

std::int64_t integer_of(const json::value& value, std::int64_t fallback, std::int64_t least,
                        std::int64_t most) {
  if (const auto* number = value.if_int64()) return std::clamp(*number, least, most);
  const auto number = number_of(value);
  if (!number) return fallback;
  if (*number >= static_cast<double>(most)) return most;
  if (*number <= static_cast<double>(least)) return least;
  return std::clamp<std::int64_t>(std::llround(*number), least, most);
}

bool flag_of(const json::object& object, std::string_view key, bool fallback) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() ? value->get_bool() : fallback;
}

const json::object& object_of(const json::value& value) {
  static const json::object kEmpty;
  const auto* object = value.if_object();
  return object == nullptr ? kEmpty : *object;
}

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::value kNull;
  const json::value* value = object.if_contains(key);
  return object_of(value == nullptr ? kNull : *value);
}

const json::array& array_of(const json::object& object, std::string_view key) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains(key);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? kEmpty : *array;
}

std::string endpoint_text(const Endpoint& endpoint) {
  return endpoint.address.empty() ? std::string{} : to_string(endpoint);
}

Endpoint endpoint_of(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t colon = bracketed ? text.rfind("]:") : text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view host = bracketed ? text.substr(1, colon - 1) : text.substr(0, colon);
  Endpoint endpoint{address_of(host), 0};
  for (const char digit : text.substr(colon + (bracketed ? 2 : 1))) {
    const int port = endpoint.port * 10 + (digit - '0');
    if (digit < '0' || digit > '9' || port > 65535) return {};
    endpoint.port = static_cast<std::uint16_t>(port);
  }
  return endpoint.address.empty() ? Endpoint{} : endpoint;
}

std::string address_of(std::string_view text) {
  const std::string_view literal = text.substr(0, text.find('%'));
  const std::string_view scope = text.substr(literal.size());
  const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != ']' && c != '['; };
  if (scope.size() > 20 || !std::ranges::all_of(text, plain)) return {};
  unsigned char bytes[16];
  const std::string copy(literal);
  const bool ipv6 = inet_pton(AF_INET6, copy.c_str(), bytes) == 1;
  if (!ipv6 && (!scope.empty() || inet_pton(AF_INET, copy.c_str(), bytes) != 1)) return {};
  return std::string(text);
}

}  // namespace reachd
