#include "tests/lab/censor/fields.hpp"

#include <algorithm>
#include <utility>

namespace censor {
namespace json = boost::json;

Fields::Fields(const json::value& value, std::string place)
    : object_(value.if_object()), place_(std::move(place)) {
  if (object_ == nullptr) {
    throw BadFile(place_ + ": must be an object");
  }
}

std::string Fields::place(std::string_view key) const {
  return place_.empty() ? std::string(key) : place_ + "." + std::string(key);
}

void Fields::refuse(std::string_view key, std::string_view why) const {
  throw BadFile(place(key) + ": " + std::string(why));
}

const json::value* Fields::find(std::string_view key) {
  known_.emplace(key);
  return object_->if_contains(key);
}

std::optional<std::string> Fields::text(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_string()) {
    refuse(key, "must be a text");
  }
  return std::string(value->get_string());
}

std::optional<bool> Fields::boolean(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_bool()) {
    refuse(key, "must be true or false");
  }
  return value->get_bool();
}

std::optional<double> Fields::number(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number()) {
    refuse(key, "must be a number");
  }
  return value->to_number<double>();
}

std::optional<std::vector<std::int64_t>> Fields::integers(std::string_view key, std::int64_t least,
                                                          std::int64_t most) {
  const json::value* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const json::array one{*value};
  std::vector<std::int64_t> numbers;
  for (const json::value& element : value->is_array() ? value->get_array() : one) {
    json::error_code error;
    const auto number = element.to_number<std::int64_t>(error);
    if (error || number < least || number > most) {
      refuse(key, "must be a whole number from " + std::to_string(least) + " to " +
                      std::to_string(most));
    }
    numbers.push_back(number);
  }
  if (numbers.empty()) {
    refuse(key, "must not be empty");
  }
  return numbers;
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t least,
                                            std::int64_t most) {
  const auto numbers = integers(key, least, most);
  if (!numbers) {
    return std::nullopt;
  }
  if (numbers->size() != 1) {
    refuse(key, "must be one number");
  }
  return numbers->front();
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const json::array one{*value};
  std::vector<std::string> texts;
  for (const json::value& element : value->is_array() ? value->get_array() : one) {
    if (!element.is_string()) {
      refuse(key, "must be a text or a list of texts");
    }
    texts.emplace_back(element.get_string());
  }
  return texts;
}

std::optional<std::vector<Prefix>> Fields::prefixes(std::string_view key) {
  const auto words = texts(key);
  if (!words) {
    return std::nullopt;
  }
  std::vector<Prefix> prefixes;
  for (const std::string& word : *words) {
    const auto prefix = parse_prefix(word);
    if (!prefix) {
      refuse(key, "'" + word + "' is no address and no prefix");
    }
    prefixes.push_back(*prefix);
  }
  return prefixes;
}

std::optional<std::vector<Address>> Fields::addresses(std::string_view key) {
  const auto words = texts(key);
  if (!words) {
    return std::nullopt;
  }
  std::vector<Address> addresses;
  for (const std::string& word : *words) {
    const auto address = parse_address(word);
    if (!address) {
      refuse(key, "'" + word + "' is no address");
    }
    addresses.push_back(*address);
  }
  return addresses;
}

std::optional<Bytes> Fields::hex(std::string_view key) {
  const auto word = text(key);
  if (!word) {
    return std::nullopt;
  }
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  Bytes bytes;
  for (std::size_t i = 0; i < word->size(); i += 2) {
    const std::size_t high = kDigits.find((*word)[i]);
    const std::size_t low =
        i + 1 < word->size() ? kDigits.find((*word)[i + 1]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) {
      refuse(key, "must be pairs of hexadecimal digits");
    }
    // The capitals stand six behind the small letters.
    put8(bytes, static_cast<std::uint32_t>((high > 15 ? high - 6 : high) << 4 |
                                           (low > 15 ? low - 6 : low)));
  }
  return bytes;
}

std::optional<std::size_t> Fields::word(std::string_view key, std::vector<std::string_view> words) {
  const auto given = text(key);
  if (!given) {
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), *given);
  if (found == words.end()) {
    std::string all;
    for (const std::string_view word : words) {
      all += (all.empty() ? "" : ", ") + std::string(word);
    }
    refuse(key, "'" + *given + "' is none of " + all);
  }
  return static_cast<std::size_t>(found - words.begin());
}

std::vector<Fields> Fields::objects(std::string_view key) {
  const json::value* value = find(key);
  std::vector<Fields> all;
  if (value == nullptr) {
    return all;
  }
  if (!value->is_array()) {
    refuse(key, "must be a list");
  }
  for (const json::value& element : value->get_array()) {
    all.emplace_back(element, place(key) + "[" + std::to_string(all.size()) + "]");
  }
  return all;
}

void Fields::refuse_others() const {
  for (const auto& pair : *object_) {
    if (known_.find(std::string_view(pair.key())) == known_.end()) {
      refuse(pair.key(), "unknown key");
    }
  }
}

}  // namespace censor
