// The far side of the benchmarks, in one process on one core: a resolver that answers every
// question at once, and servers that nginx cannot play: one that resets, one that never says a
// word, one that answers late. Loopback only; runs until it is killed.
//
//   bench_world DNS_PORT RESET_PORT STALL_PORT LATE_PORT LATE_SECONDS
//
// The A record of tN.ZONE.bench.test: ok 127.0.0.1 to .32, reset 127.1.x.y, hole 127.2.x.y (where
// nobody answers; the caller drops what goes there), stall 127.3.0.1, late 127.0.0.1; any other
// name 127.0.0.1. AAAA: no record.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint16_t number(const char* text) {
  return static_cast<std::uint16_t>(std::strtoul(text, nullptr, 10));
}

int open_socket(int type, const char* address, std::uint16_t port) {
  const int fd = ::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (type == SOCK_DGRAM) {
    const int room = 4 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &at.sin_addr);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(fd, 8192) != 0) fail("listen");
  return fd;
}

// The labels of the question's name; its end, behind type and class, in `end`.
std::array<std::string, 3> labels_of(const std::uint8_t* message, std::size_t size,
                                     std::size_t& end) {
  std::array<std::string, 3> labels;
  std::size_t at = 12;
  for (std::size_t i = 0; at < size && message[at] != 0; ++i) {
    const std::size_t length = message[at];
    if (length > 63 || at + 1 + length > size) break;
    if (i < labels.size())
      labels.at(i).assign(reinterpret_cast<const char*>(message + at + 1), length);
    at += length + 1;
  }
  end = at + 5;
  return labels;
}

std::uint32_t address_of(const std::array<std::string, 3>& labels) {
  const auto n = labels[0].size() > 1 ? std::strtoul(labels[0].c_str() + 1, nullptr, 10) : 0;
  const auto low = static_cast<std::uint32_t>(((n / 250) << 8U) + n % 250 + 1);
  if (labels[1] == "ok") return 0x7f000001 + static_cast<std::uint32_t>(n % 32);
  if (labels[1] == "reset") return 0x7f010000 + low;
  if (labels[1] == "hole") return 0x7f020000 + low;
  if (labels[1] == "stall") return 0x7f030001;
  return 0x7f000001;
}

void answer_questions(int socket) {
  std::array<std::uint8_t, 2048> message;
  for (int i = 0; i < 64; ++i) {
    sockaddr_in asker{};
    socklen_t length = sizeof asker;
    const auto size =
        ::recvfrom(socket, message.data(), 512, 0, reinterpret_cast<sockaddr*>(&asker), &length);
    if (size < 17) return;
    std::size_t end = 0;
    const auto labels = labels_of(message.data(), static_cast<std::size_t>(size), end);
    if (end > static_cast<std::size_t>(size)) continue;
    const bool wants_a = message[end - 3] == 1;  // the low byte of the type
    message[2] = static_cast<std::uint8_t>(0x80 | (message[2] & 1));
    message[3] = 0x80;
    message[7] = wants_a ? 1 : 0;
    message[6] = message[8] = message[9] = message[10] = message[11] = 0;
    if (wants_a) {
      const std::uint32_t address = htonl(address_of(labels));
      constexpr std::array<std::uint8_t, 12> kRecord{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
      std::memcpy(message.data() + end, kRecord.data(), kRecord.size());
      std::memcpy(message.data() + end + kRecord.size(), &address, 4);
      end += kRecord.size() + 4;
    }
    ::sendto(socket, message.data(), end, 0, reinterpret_cast<sockaddr*>(&asker), length);
  }
}

struct Late {
  int fd;
  Clock::time_point at;
};

void answer_late(std::deque<Late>& waiting) {
  static const std::string body(4096, 'x');
  static const std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4096\r\n"
      "Connection: close\r\n\r\n" +
      body;
  while (!waiting.empty() && waiting.front().at <= Clock::now()) {
    ::send(waiting.front().fd, text.data(), text.size(), MSG_NOSIGNAL);
    ::close(waiting.front().fd);
    waiting.pop_front();
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::fputs("usage: bench_world DNS_PORT RESET_PORT STALL_PORT LATE_PORT LATE_SECONDS\n",
               stderr);
    return 2;
  }
  const rlimit most{65536, 65536};
  ::setrlimit(RLIMIT_NOFILE, &most);
  const int dns = open_socket(SOCK_DGRAM, "127.0.0.53", number(words[1]));
  const int reset = open_socket(SOCK_STREAM, "0.0.0.0", number(words[2]));
  const int stall = open_socket(SOCK_STREAM, "127.3.0.1", number(words[3]));
  const int late = open_socket(SOCK_STREAM, "127.0.0.1", number(words[4]));
  const std::chrono::duration<double> delay(std::atof(words[5]));

  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [set](int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  };
  for (const int fd : {dns, reset, stall, late}) watch(fd);

  std::set<int> silent;  // accepted, never answered
  std::deque<Late> waiting;
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready = ::epoll_wait(set, events.data(), events.size(), waiting.empty() ? -1 : 10);
    answer_late(waiting);
    for (int i = 0; i < ready; ++i) {
      const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
      if (fd == dns) {
        answer_questions(dns);
      } else if (fd == reset || fd == stall) {
        const int one = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (one < 0) continue;
        if (fd == stall) silent.insert(one);
        watch(one);
      } else if (fd == late) {
        const int one = ::accept4(late, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (one >= 0) {
          waiting.push_back(
              {one, Clock::now() + std::chrono::duration_cast<Clock::duration>(delay)});
        }
      } else {  // somebody spoke: silence, or a reset
        std::array<char, 4096> heard;
        const auto size = ::recv(fd, heard.data(), heard.size(), 0);
        if (silent.contains(fd)) {
          if (size > 0) continue;
          silent.erase(fd);
        } else {
          const linger hard{1, 0};
          ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        }
        ::close(fd);
      }
    }
  }
}
