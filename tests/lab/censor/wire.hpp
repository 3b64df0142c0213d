// One end of a wire: a raw socket on one interface that takes whole frames and gives them back.
// Never forwards by itself, never hands out what it sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/lab/censor/bytes.hpp"
#include "tests/lab/censor/due.hpp"

namespace censor {

struct Arrival {
  Bytes frame;
  Time at;  // when the kernel saw it
};

class WireEnd {
 public:
  // Throws std::system_error if the interface is absent or the right to raw sockets is.
  explicit WireEnd(const std::string& interface);
  ~WireEnd();
  WireEnd(WireEnd&& other) noexcept;
  WireEnd& operator=(WireEnd&&) = delete;

  int descriptor() const { return socket_; }
  // The next frame, or nothing if none waits.
  std::optional<Arrival> receive();
  // False if the kernel does not take it; it is lost then, as on a real wire.
  bool send(View frame);

 private:
  int socket_ = -1;
};

}  // namespace censor
