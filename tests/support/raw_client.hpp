// A blocking HTTP client that sends exactly the bytes it is told to, however wrong, and waits at
// most ten seconds for anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reachd::test {

struct RawAnswer {
  int status = 0;      // 0: the connection ended before a whole header came
  std::string header;  // with its empty line
  std::string body;    // as long as Content-Length says, or as much of it as came
};

class RawClient {
 public:
  // Connects to 127.0.0.1. `receive_buffer` in bytes, 0: the system's. Throws std::system_error.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);  // a peer that is gone is not an error
  RawAnswer receive(bool with_body = true);
  RawAnswer get(std::string_view target);
  bool at_end();  // true if the peer closes, false if it sends more or nothing for ten seconds
  void reset();   // closes with an RST

 private:
  bool fill();

  int socket_ = -1;
  std::string pending_;
};

}  // namespace reachd::test
