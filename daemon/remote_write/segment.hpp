// The files of the spool: a segment is the bodies of one snapshot, one record after the other. A
// record says how long it is and bears a checksum, so that one that a crash tore, or a disk bent,
// is known. Pure; what is read may be any bytes.
//   "RRW1" · samples · length of the body · CRC-32 of these two and the body · the body
// Numbers are of 32 bits, the lowest byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/remote_write/wire.hpp"

namespace reachd::remote_write {

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::uint32_t kLongestBody = 8U << 20U;  // none of ours comes near

struct RecordHeader {
  std::uint32_t samples = 0;
  std::uint32_t length = 0;  // of the body
  std::uint32_t checksum = 0;
};

void append_record(const Body& body, std::string& out);

// Nothing if these bytes do not begin a record.
std::optional<RecordHeader> read_header(std::string_view bytes);
bool is_whole(const RecordHeader& header, std::string_view body);

// How far a segment holds records, by their headers alone.
struct Extent {
  std::uint64_t bytes = 0;    // of whole records
  std::uint64_t samples = 0;  // in them
  std::uint64_t lost = 0;     // samples that a torn record said it had
  bool torn = false;          // something follows them
};

// `read(offset)` gives up to kHeaderBytes of a segment that is `size` bytes long.
template <typename Read>
Extent measure(std::uint64_t size, Read read) {
  Extent extent;
  while (extent.bytes < size) {
    const auto header = read_header(read(extent.bytes));
    const std::uint64_t next = extent.bytes + kHeaderBytes + (header ? header->length : 0);
    if (!header || next > size) {
      extent.torn = true;
      extent.lost = header ? header->samples : 0;
      break;
    }
    extent.bytes = next;
    extent.samples += header->samples;
  }
  return extent;
}

}  // namespace reachd::remote_write
