// The names in a TLS ClientHello. From untrusted bytes; never fails, only finds nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/censor/bytes.hpp"

namespace censor {

struct ClientHello {
  std::optional<std::string> sni;  // in lower case
  std::vector<std::string> alpn;
  bool esni = false;  // extension 0xffce
  bool ech = false;   // extension 0xfe0d
  // Bytes of the stream up to its last one, records' headers counted; 0: the stream ends before.
  std::size_t end = 0;
};

// A hello that begins with the first byte. If it is cut off, what was read before the cut; nothing
// if that is not even the beginning of a ClientHello.
std::optional<ClientHello> read_client_hello(View stream);

}  // namespace censor
