#include "tests/support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace reachd::test {
namespace {

std::size_t content_length(const std::string& header) {
  const std::string_view name = "Content-Length: ";
  const std::size_t at = header.find(name);
  std::size_t length = 0;
  if (at == std::string::npos) return 0;
  const char* begin = header.data() + at + name.size();
  std::from_chars(begin, header.data() + header.size(), length);
  return length;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer, const char* source)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  if (source != nullptr) {
    sockaddr_in own = peer;
    ::inet_pton(AF_INET, source, &own.sin_addr);
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  peer.sin_port = htons(port);
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    const int error = errno;
    ::close(socket_);
    throw std::system_error(error, std::generic_category(), "connect");
  }
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = write_some(bytes.data(), bytes.size());
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

long RawClient::write_some(const char* bytes, std::size_t size) {
  return ::send(socket_, bytes, size, MSG_NOSIGNAL);
}

long RawClient::read_some(char* bytes, std::size_t size) {
  return ::recv(socket_, bytes, size, 0);
}

bool RawClient::fill() {
  std::array<char, 65536> chunk;
  const long read = read_some(chunk.data(), chunk.size());
  if (read <= 0) return false;
  pending_.append(chunk.data(), static_cast<std::size_t>(read));
  return true;
}

RawAnswer RawClient::receive(bool with_body) {
  RawAnswer answer;
  std::size_t end = 0;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return answer;
  }
  answer.header = pending_.substr(0, end + 4);
  pending_.erase(0, end + 4);
  answer.status = std::stoi(answer.header.substr(9, 3));
  if (!with_body) return answer;
  if (answer.header.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos) {
    answer.body = take_chunks(answer.chunks);
  } else {
    answer.body = take(content_length(answer.header));
  }
  return answer;
}

// Less if the peer ends before.
std::string RawClient::take(std::size_t length) {
  while (pending_.size() < length && fill()) {
  }
  std::string taken = pending_.substr(0, length);
  pending_.erase(0, taken.size());
  return taken;
}

std::string RawClient::take_chunks(std::size_t& count) {
  std::string body;
  while (true) {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    const std::size_t size = std::stoul(take(end + 2), nullptr, 16);
    const std::string chunk = take(size + 2);
    if (chunk.size() != size + 2 || !chunk.ends_with("\r\n")) return {};
    if (size == 0) return body;
    body.append(chunk, 0, size);
    ++count;
  }
}

RawAnswer RawClient::get(std::string_view target, std::string_view fields) {
  send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n");
  return receive();
}

bool RawClient::at_end() {
  if (!pending_.empty()) return false;
  char byte = 0;
  const long read = read_some(&byte, 1);
  return read == 0 || (read < 0 && errno == ECONNRESET);
}

void RawClient::reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(socket_);
  socket_ = -1;
}

}  // namespace reachd::test
