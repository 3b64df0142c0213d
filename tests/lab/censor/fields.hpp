// The keys of a JSON object, each asked for by name; what nobody asked for is an error. All errors
// are BadFile, and say the place.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "tests/lab/censor/address.hpp"

namespace censor {

struct BadFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Fields {
 public:
  // `value` must outlive this.
  Fields(const boost::json::value& value, std::string place);

  const std::string& place() const { return place_; }
  std::string place(std::string_view key) const;
  [[noreturn]] void refuse(std::string_view key, std::string_view why) const;

  const boost::json::value* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }
  // Each: nothing if the key is absent.
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<double> number(std::string_view key);
  // Whole, from `least` to `most`.
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  // A text, or a list of texts.
  std::optional<std::vector<std::string>> texts(std::string_view key);
  // A whole number, or a list of them.
  std::optional<std::vector<std::int64_t>> integers(std::string_view key, std::int64_t least,
                                                    std::int64_t most);
  std::optional<std::vector<Prefix>> prefixes(std::string_view key);
  std::optional<std::vector<Address>> addresses(std::string_view key);
  std::optional<Bytes> hex(std::string_view key);
  // Which of `words` it is, as its index.
  std::optional<std::size_t> word(std::string_view key, std::vector<std::string_view> words);
  // One Fields for each element of a list of objects.
  std::vector<Fields> objects(std::string_view key);

  // Once all keys were asked for.
  void refuse_others() const;

 private:
  const boost::json::object* object_ = nullptr;
  std::string place_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace censor
