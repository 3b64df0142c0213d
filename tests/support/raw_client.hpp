// A blocking HTTP client that sends exactly the bytes it is told to, however wrong, and waits at
// most ten seconds for anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reachd::test {

struct RawAnswer {
  int status = 0;      // 0: the connection ended before a whole header came
  std::string header;  // with its empty line
  // As long as Content-Length says, or as much of it as came; of chunks all, or nothing.
  std::string body;
  std::size_t chunks = 0;
};

class RawClient {
 public:
  // Connects to 127.0.0.1. `receive_buffer` in bytes, 0: the system's; `source`: the IPv4 address
  // to come from, null: the system's choice. Throws std::system_error.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0, const char* source = nullptr);
  virtual ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);  // a peer that is gone is not an error
  RawAnswer receive(bool with_body = true);
  // `fields`: further lines of the header, each with its end.
  RawAnswer get(std::string_view target, std::string_view fields = {});
  bool at_end();  // true if the peer closes, false if it sends more or nothing for ten seconds
  void reset();   // closes with an RST

 protected:
  // As of send(2) and recv(2).
  virtual long write_some(const char* bytes, std::size_t size);
  virtual long read_some(char* bytes, std::size_t size);

  int socket_ = -1;

 private:
  bool fill();
  std::string take(std::size_t length);
  std::string take_chunks(std::size_t& count);

  std::string pending_;
};

}  // namespace reachd::test
