#include "daemon/web/gzip.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include <zlib.h>

#include "config/ascii.hpp"

namespace reachd::web {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for gzip's header
constexpr int kMemoryLevel = 8;
constexpr std::size_t kChunk = 16384;

}  // namespace

std::string gzipped(std::string_view bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> end(&stream, deflateEnd);
  std::string copy(bytes);  // zlib takes no const
  std::array<char, kChunk> chunk;
  std::string out;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = deflate(&stream, Z_FINISH);
    out.append(chunk.data(), chunk.size() - stream.avail_out);
  }
  return out;
}

bool takes_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, comma);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (ascii::trimmed(item.substr(0, semicolon)) == "gzip") {
      const std::string_view weight =
          ascii::trimmed(item.substr(std::min(semicolon + 1, item.size())));
      return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
    }
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
  }
  return false;
}

}  // namespace reachd::web
