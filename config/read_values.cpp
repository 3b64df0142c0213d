#include <algorithm>
#include <filesystem>

#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {

using std::chrono::milliseconds;

bool take_duration(const Field& field, milliseconds& out, milliseconds least, milliseconds most,
                   std::string_view why) {
  milliseconds value{0};
  if (!take(field, value, parse_duration)) return false;
  if (value < least || value > most) {
    field.fault(to_string(value) + " is out of bounds: from " + to_string(least) + " to " +
                to_string(most) + " (" + std::string(why) + ")");
    return false;
  }
  out = value;
  return true;
}

bool take_bytes(const Field& field, std::uint64_t& out, std::uint64_t least, std::uint64_t most,
                std::string_view bounds) {
  std::uint64_t bytes = 0;
  if (!take(field, bytes, parse_bytes)) return false;
  if (bytes < least || bytes > most) {
    field.fault("is out of bounds: " + std::string(bounds));
    return false;
  }
  out = bytes;
  return true;
}

bool take_interval(const Field& field, milliseconds& out) {
  return take_duration(field, out, kShortestInterval, kLongestInterval,
                       "more often burdens the service, more seldom misses what happens");
}

bool take_timeout(const Field& field, milliseconds& out) {
  return take_duration(field, out, milliseconds(100), std::chrono::minutes(5),
                       "a step that takes longer is a failure to any user");
}

bool is_name(std::string_view text) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !text.empty() && text.size() <= 63 && kFirst.find(text.front()) != text.npos &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return kFirst.find(c) != std::string_view::npos || c == '.' || c == '_' || c == '-';
         });
}

bool take_name(const Field& field, std::string& out) {
  const auto text = field.text();
  if (!text) return false;
  if (!is_name(*text)) {
    field.fault(in_quotes(*text) +
                " is not a name: up to 63 of a-z, 0-9, '.', '_' and '-', a letter or digit first, "
                "such as google-search");
    return false;
  }
  out = *text;
  return true;
}

void take_path(const Field& field, const std::string& file, std::string& out) {
  const auto text = field.text();
  if (!text) return;
  for (const char c : *text) {
    if ((c >= '\0' && c < ' ') || c == '\x7f') return field.fault("holds a control character");
  }
  out = (std::filesystem::path(file).parent_path() / *text).lexically_normal().string();
}

bool take_rate(const Field& field, Rate& out) {
  Rate value;
  if (!take(field, value, parse_rate)) return false;
  if (value.per_second() > 10'000 || value.per_second() < 1.0 / 3600) {
    field.fault("is out of bounds: from 1/h (less would measure nothing) to 10000/s");
    return false;
  }
  out = value;
  return true;
}

bool take_server_url(const Field& field, bool secret, std::string_view example, std::string& out) {
  TargetUrl parts;
  if (!take(field, parts, parse_target_url)) return false;
  if (parts.scheme != Scheme::http && parts.scheme != Scheme::https) {
    field.fault("needs an http or https URL, such as " + std::string(example));
    return false;
  }
  if (secret && parts.scheme == Scheme::http && !is_loopback(parts.host)) {
    field.fault("is not encrypted, so that anybody on the way could read the token: use https");
    return false;
  }
  out = *field.text();
  return true;
}

bool take_listen(const Field& field, std::string_view example, Listen& out) {
  AddressAndPort endpoint;
  if (!take(field, endpoint, parse_endpoint)) return false;
  if (!endpoint.port) {
    field.fault("needs a port too, such as " + std::string(example));
    return false;
  }
  out = {endpoint.address, *endpoint.port};
  return true;
}

}  // namespace reachd
