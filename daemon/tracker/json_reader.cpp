#include "daemon/tracker/json_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kLongestKind = 64;

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= kLongestKind && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

}  // namespace

JsonReader::JsonReader(const json::value& value)
    : object_(value.if_object()), good_(object_ != nullptr) {}

const json::value& JsonReader::member(std::string_view key) {
  static const json::value kNothing;
  const json::value* found = object_ != nullptr ? object_->if_contains(key) : nullptr;
  if (found == nullptr) refuse();
  return found != nullptr ? *found : kNothing;
}

const json::array& JsonReader::array(std::string_view key, std::size_t most) {
  static const json::array kEmpty;
  const json::array* found = member(key).if_array();
  if (found == nullptr || found->size() > most) {
    refuse();
    return kEmpty;
  }
  return *found;
}

void JsonReader::read(std::string_view key, double& out, double least, double most) {
  const auto value = number_of(member(key));
  if (!value || *value < least || *value > most) return refuse();
  out = *value;
}

void JsonReader::read(std::string_view key, WallTime& out) {
  boost::system::error_code error;
  const auto value = member(key).to_number<std::int64_t>(error);
  if (error || value < 0) return refuse();
  out = WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(value)));
}

void JsonReader::read(std::string_view key, std::string& out, std::size_t most) {
  const json::string* value = member(key).if_string();
  if (value == nullptr || value->size() > most) return refuse();
  out = std::string(*value);
}

void JsonReader::read(std::string_view key, Status& out) {
  std::string word;
  read(key, word, kLongestKind);
  const auto found =
      std::ranges::find_if(kStatuses, [&](Status status) { return to_string(status) == word; });
  if (found == kStatuses.end()) return refuse();
  out = *found;
}

void JsonReader::read(std::string_view key, std::vector<std::string>& out, std::size_t most) {
  for (const json::value& value : array(key, most)) {
    const json::string* kind = value.if_string();
    if (kind == nullptr || !is_kind(*kind)) return refuse();
    out.emplace_back(*kind);
  }
}

json::value number_value(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return json::value(json::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

std::optional<double> number_of(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  double number = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::int64_t nanoseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace reachd
