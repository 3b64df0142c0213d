#include "daemon/remote_write/segment.hpp"

#include <algorithm>

#include <zlib.h>

namespace reachd::remote_write {
namespace {

constexpr std::string_view kMagic = "RRW1";

void append_number(std::uint32_t number, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
  }
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) {
    number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return number;
}

std::uint32_t checksum(std::uint32_t samples, std::string_view body) {
  std::string numbers;
  append_number(samples, numbers);
  append_number(static_cast<std::uint32_t>(body.size()), numbers);
  uLong crc = 0;
  for (const std::string_view part : {std::string_view(numbers), body}) {
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace

void append_record(const Body& body, std::string& out) {
  out += kMagic;
  append_number(body.samples, out);
  append_number(static_cast<std::uint32_t>(body.bytes.size()), out);
  append_number(checksum(body.samples, body.bytes), out);
  out += body.bytes;
}

std::optional<RecordHeader> read_header(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const RecordHeader header{number_at(bytes, 4), number_at(bytes, 8), number_at(bytes, 12)};
  if (header.length > kLongestBody) return std::nullopt;
  return header;
}

bool is_whole(const RecordHeader& header, std::string_view body) {
  return body.size() == header.length && checksum(header.samples, body) == header.checksum;
}

}  // namespace reachd::remote_write
