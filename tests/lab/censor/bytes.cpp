#include "tests/lab/censor/bytes.hpp"

namespace censor {

View Reader::take(std::size_t size) {
  if (!ok_ || size > left()) {
    ok_ = false;
    at_ = data_.size();
    return {};
  }
  const View taken = data_.subspan(at_, size);
  at_ += size;
  return taken;
}

std::uint32_t Reader::number(std::size_t size) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : take(size)) {
    value = (value << 8) | byte;
  }
  return value;
}

void put8(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
}

void put16(Bytes& out, std::uint32_t value) {
  put8(out, value >> 8);
  put8(out, value);
}

void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value);
}

void put(Bytes& out, View data) {
  out.insert(out.end(), data.begin(), data.end());
}

void put(Bytes& out, std::string_view text) {
  put(out, as_bytes(text));
}

void store16(std::span<std::uint8_t> data, std::size_t at, std::uint32_t value) {
  data[at] = static_cast<std::uint8_t>(value >> 8);
  data[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t load16(View data, std::size_t at) {
  return static_cast<std::uint16_t>((data[at] << 8) | data[at + 1]);
}

std::string_view as_text(View data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

View as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace censor
