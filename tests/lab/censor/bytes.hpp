// Big-endian numbers in untrusted bytes. A Reader never looks beyond its end: it turns bad instead,
// and gives zeros and nothing from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace censor {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

class Reader {
 public:
  explicit Reader(View data) : data_(data) {}

  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }
  std::size_t left() const { return data_.size() - at_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return number(3); }
  std::uint32_t u32() { return number(4); }
  // The next `size` bytes; empty and bad if there are fewer.
  View take(std::size_t size);

 private:
  std::uint32_t number(std::size_t size);

  View data_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// At the end of `out`, most significant byte first.
void put8(Bytes& out, std::uint32_t value);
void put16(Bytes& out, std::uint32_t value);
void put32(Bytes& out, std::uint32_t value);
void put(Bytes& out, View data);
void put(Bytes& out, std::string_view text);

// Over bytes that are there; `at` + size within `data` is the caller's duty.
void store16(std::span<std::uint8_t> data, std::size_t at, std::uint32_t value);
std::uint16_t load16(View data, std::size_t at);

// The same bytes as characters; lives as long as `data`.
std::string_view as_text(View data);
View as_bytes(std::string_view text);

}  // namespace censor
