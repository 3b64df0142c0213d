#include "tests/support/write_request.hpp"

#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace reachd::test {
namespace {

struct Broken {};

std::uint64_t take_varint(std::string_view& rest) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest.empty()) throw Broken{};
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80U) return number;
  }
  throw Broken{};
}

std::string_view take(std::string_view& rest, std::uint64_t bytes) {
  if (bytes > rest.size()) throw Broken{};
  const std::string_view taken = rest.substr(0, bytes);
  rest.remove_prefix(bytes);
  return taken;
}

// The block format: google/snappy, format_description.txt.
std::string unpack(std::string_view block) {
  const std::uint64_t length = take_varint(block);
  std::string out;
  while (!block.empty()) {
    const auto tag = static_cast<std::uint8_t>(take(block, 1)[0]);
    const auto number = [&](std::size_t bytes) {
      std::uint64_t value = 0;
      const std::string_view little = take(block, bytes);
      for (std::size_t i = bytes; i-- > 0;)
        value = value << 8U | static_cast<std::uint8_t>(little[i]);
      return value;
    };
    if ((tag & 3U) == 0) {
      std::uint64_t size = tag >> 2U;
      if (size >= 60) size = number(size - 59);
      out += take(block, size + 1);
      continue;
    }
    std::uint64_t size = (tag >> 2U) + 1U;
    std::uint64_t offset = 0;
    if ((tag & 3U) == 1) {
      size = ((tag >> 2U) & 7U) + 4U;
      offset = (std::uint64_t{tag} >> 5U) << 8U | number(1);
    } else {
      offset = number((tag & 3U) == 2 ? 2 : 4);
    }
    if (offset == 0 || offset > out.size()) throw Broken{};
    for (std::uint64_t i = 0; i < size; ++i) out += out[out.size() - offset];
  }
  if (out.size() != length) throw Broken{};
  return out;
}

// Calls `field(number, type, rest)`, which takes the field's content off.
template <typename Take>
void each_field(std::string_view message, Take field) {
  while (!message.empty()) {
    const std::uint64_t key = take_varint(message);
    field(key >> 3U, key & 7U, message);
  }
}

std::pair<std::string, std::string> read_label(std::string_view message) {
  std::pair<std::string, std::string> label;
  each_field(message, [&](auto number, auto type, std::string_view& rest) {
    if (type != 2 || number < 1 || number > 2) throw Broken{};
    (number == 1 ? label.first : label.second) = take(rest, take_varint(rest));
  });
  return label;
}

void read_sample(std::string_view message, WrittenSample& sample) {
  each_field(message, [&](auto number, auto type, std::string_view& rest) {
    if (number == 1 && type == 1) {
      std::memcpy(&sample.bits, take(rest, 8).data(), 8);
    } else if (number == 2 && type == 0) {
      sample.at = static_cast<std::int64_t>(take_varint(rest));
    } else {
      throw Broken{};
    }
  });
}

WrittenSample read_series(std::string_view message) {
  WrittenSample series;
  int samples = 0;
  each_field(message, [&](auto number, auto type, std::string_view& rest) {
    if (type != 2) throw Broken{};
    const std::string_view content = take(rest, take_varint(rest));
    if (number == 1) {
      series.labels.push_back(read_label(content));
    } else if (number == 2) {
      read_sample(content, series);
      ++samples;
    } else {
      throw Broken{};
    }
  });
  if (samples != 1) throw Broken{};
  return series;
}

}  // namespace

std::string WrittenSample::series() const {
  std::string name;
  std::string rest;
  for (const auto& [label, value] : labels) {
    if (label == "__name__") {
      name = value;
    } else {
      rest += fmt::format("{}{}=\"{}\"", rest.empty() ? "" : ",", label, value);
    }
  }
  return name + "{" + rest + "}";
}

double WrittenSample::value() const {
  return std::bit_cast<double>(bits);
}

std::vector<WrittenSample> read_write_request(std::string_view body) {
  std::vector<WrittenSample> samples;
  try {
    const std::string message = unpack(body);
    each_field(message, [&](auto number, auto type, std::string_view& rest) {
      if (number != 1 || type != 2) throw Broken{};
      samples.push_back(read_series(take(rest, take_varint(rest))));
    });
  } catch (const Broken&) {
    ADD_FAILURE() << "no WriteRequest, after " << samples.size() << " series";
  }
  return samples;
}

}  // namespace reachd::test
