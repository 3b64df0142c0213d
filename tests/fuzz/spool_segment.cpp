// A segment of the spool as a disk may give it back: whatever it holds, its extent is within it,
// each record that is whole says again what was written, and none that is bent is taken for whole.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/remote_write/segment.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::fuzz::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reachd::remote_write;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Extent extent =
      measure(size, [&](std::uint64_t at) { return bytes.substr(at, kHeaderBytes); });
  require(extent.bytes <= size);
  require(extent.torn == (extent.bytes < size));
  std::uint64_t samples = 0;
  for (std::uint64_t at = 0; at < extent.bytes;) {
    const auto header = read_header(bytes.substr(at, kHeaderBytes));
    require(header.has_value());
    const std::string_view body = bytes.substr(at + kHeaderBytes, header->length);
    require(body.size() == header->length);
    if (is_whole(*header, body)) {
      std::string again;
      append_record({std::string(body), header->samples}, again);
      require(again == bytes.substr(at, kHeaderBytes + body.size()));
      if (!body.empty()) {
        std::string bent(body);
        bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
        require(!is_whole(*header, bent));
      }
    }
    samples += header->samples;
    at += kHeaderBytes + header->length;
  }
  require(samples == extent.samples);

  // What is written is read, and torn anywhere it is not.
  std::string record;
  append_record({std::string(bytes.substr(0, 1000)), static_cast<std::uint32_t>(size)}, record);
  const auto header = read_header(record);
  require(header && is_whole(*header, std::string_view(record).substr(kHeaderBytes)));
  const std::string_view torn = std::string_view(record).substr(0, size % record.size());
  const Extent cut =
      measure(torn.size(), [&](std::uint64_t at) { return torn.substr(at, kHeaderBytes); });
  require(cut.bytes == 0 && cut.torn == !torn.empty());
  return 0;
}
