// The limit that the engine is measured against: the same A and AAAA questions, connection,
// verified TLS 1.3 and GET, by OpenSSL on non-blocking sockets and one epoll set, with one SSL_CTX
// for all. It keeps nothing, judges nothing and schedules nothing.
//
//   bare_loop http|https PORT CONCURRENCY SECONDS CA_FILE PATH ZONE NAMES [RATE PATIENCE]
//
// Asks 127.0.0.53:53 for t0 to t(NAMES-1).ZONE.bench.test in turn. Prints one JSON object. With a
// RATE so many rounds begin a second, those of 20 ms together, and one that took PATIENCE seconds
// is given up, which counts as a round; without, each begins when another ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

enum class Phase { names, connect, handshake, answer };
enum class Progress { waits, done, failed };

struct Flight {
  Phase phase = Phase::names;
  std::array<int, 2> questions{-1, -1};  // A, AAAA
  int answered = 0;
  int fd = -1;
  SSL* ssl = nullptr;
  std::uint32_t address = 0;
  std::size_t number = 0;  // of the round, from 1; 0: none is under way
  std::size_t name = 0;
  std::size_t received = 0;
  std::size_t expected = 0;  // 0: not known yet
  std::string head;
};

// How rounds begin at leisure.
struct Pace {
  double rate = 0;  // a second; 0: each begins when another ends
  std::chrono::duration<double> patience{0};
};

struct Loop {
  bool tls = false;
  std::uint16_t port = 0;
  SSL_CTX* context = nullptr;
  int set = -1;
  std::vector<std::string> names;
  std::vector<std::string> requests;
  long started = 0;
  long done = 0;
  long failed = 0;
};

void watch(const Loop& loop, int fd, std::uint32_t what, Flight& flight) {
  epoll_event event{};
  event.events = what;
  event.data.ptr = &flight;
  ::epoll_ctl(loop.set, EPOLL_CTL_ADD, fd, &event);
}

std::string question(const std::string& name, std::uint8_t type, std::uint16_t id) {
  std::string message{
      static_cast<char>(id >> 8U), static_cast<char>(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    message += static_cast<char>(dot - at);
    message.append(name, at, dot - at);
    at = dot + 1;
  }
  return message + std::string{0, 0, static_cast<char>(type), 0, 1};
}

// Each question from a port of its own, as a careful resolver asks.
void begin(Loop& loop, Flight& flight) {
  flight = {};
  flight.number = static_cast<std::size_t>(++loop.started);
  flight.name = flight.number % loop.names.size();
  sockaddr_in resolver{};
  resolver.sin_family = AF_INET;
  resolver.sin_port = htons(53);
  ::inet_pton(AF_INET, "127.0.0.53", &resolver.sin_addr);
  for (std::size_t i = 0; i < 2; ++i) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&resolver), sizeof resolver) != 0) std::exit(1);
    std::uint16_t id = 0;
    if (::getrandom(&id, sizeof id, 0) != sizeof id) std::exit(1);
    const std::string message = question(loop.names.at(flight.name), i == 0 ? 1 : 28, id);
    ::send(fd, message.data(), message.size(), 0);
    flight.questions.at(i) = fd;
    watch(loop, fd, EPOLLIN, flight);
  }
}

bool connect(Loop& loop, Flight& flight) {
  flight.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  ::setsockopt(flight.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(loop.port);
  peer.sin_addr.s_addr = flight.address;
  const int code = ::connect(flight.fd, reinterpret_cast<sockaddr*>(&peer), sizeof peer);
  if (code != 0 && errno != EINPROGRESS) return false;
  flight.phase = Phase::connect;
  watch(loop, flight.fd, EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, flight);
  if (!loop.tls) return true;
  flight.ssl = SSL_new(loop.context);
  SSL_set_fd(flight.ssl, flight.fd);
  SSL_set1_host(flight.ssl, loop.names.at(flight.name).c_str());
  SSL_set_tlsext_host_name(flight.ssl, loop.names.at(flight.name).c_str());
  SSL_set_connect_state(flight.ssl);
  return true;
}

Progress take_answers(Loop& loop, Flight& flight) {
  std::array<std::uint8_t, 512> message;
  for (int& fd : flight.questions) {
    if (fd < 0) continue;
    const auto size = ::recv(fd, message.data(), message.size(), 0);
    if (size <= 0) continue;
    if (message[7] > 0) std::memcpy(&flight.address, message.data() + size - 4, 4);
    ::close(fd);
    fd = -1;
    ++flight.answered;
  }
  if (flight.answered < 2) return Progress::waits;
  if (flight.address == 0 || !connect(loop, flight)) return Progress::failed;
  return Progress::waits;
}

// Bytes, 0 at the end, -1: none now, -2: broken.
int receive(Loop& loop, Flight& flight, std::array<char, 16384>& buffer) {
  if (!loop.tls) {
    const auto size = ::recv(flight.fd, buffer.data(), buffer.size(), 0);
    if (size >= 0) return static_cast<int>(size);
    return errno == EAGAIN ? -1 : -2;
  }
  const int size = SSL_read(flight.ssl, buffer.data(), buffer.size());
  if (size > 0) return size;
  const int error = SSL_get_error(flight.ssl, size);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return -1;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -2;
}

Progress read_answer(Loop& loop, Flight& flight) {
  static std::array<char, 16384> buffer;
  for (;;) {
    const int size = receive(loop, flight, buffer);
    if (size == -1) return Progress::waits;
    if (size <= 0) return Progress::failed;
    flight.received += static_cast<std::size_t>(size);
    if (flight.expected == 0) {
      flight.head.append(buffer.data(), static_cast<std::size_t>(size));
      const std::size_t end = flight.head.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      if (!flight.head.starts_with("HTTP/1.1 200")) return Progress::failed;
      const std::size_t length = flight.head.find("\r\nContent-Length: ");
      if (length > end) return Progress::failed;
      flight.expected = end + 4 + std::strtoul(flight.head.c_str() + length + 18, nullptr, 10);
    }
    if (flight.received >= flight.expected) return Progress::done;
  }
}

// `what` came, of its sockets' events: a question's may be told after the connection has begun.
Progress step(Loop& loop, Flight& flight, std::uint32_t what) {
  if (flight.phase == Phase::names) return take_answers(loop, flight);
  if (flight.phase == Phase::connect) {
    if ((what & EPOLLOUT) == 0) return Progress::waits;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(flight.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Progress::failed;
    flight.phase = Phase::handshake;
  }
  if (flight.phase == Phase::handshake) {
    if (loop.tls) {
      const int code = SSL_connect(flight.ssl);
      if (code != 1) {
        const int error = SSL_get_error(flight.ssl, code);
        const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
        return waits ? Progress::waits : Progress::failed;
      }
    }
    const std::string& request = loop.requests.at(flight.name);
    const int size = static_cast<int>(request.size());
    const int sent =
        loop.tls
            ? SSL_write(flight.ssl, request.data(), size)
            : static_cast<int>(::send(flight.fd, request.data(), request.size(), MSG_NOSIGNAL));
    if (sent != size) return Progress::failed;
    flight.phase = Phase::answer;
  }
  return read_answer(loop, flight);
}

void end(Loop& loop, Flight& flight, bool fine) {
  fine ? ++loop.done : ++loop.failed;
  if (flight.ssl != nullptr) {
    if (fine) SSL_shutdown(flight.ssl);
    SSL_free(flight.ssl);
  }
  for (const int fd : {flight.questions[0], flight.questions[1], flight.fd}) {
    if (fd >= 0) ::close(fd);
  }
}

// Lets flights go on that something came for; calls `ended` with each that is over.
void go_on(Loop& loop, int timeout_ms, const auto& ended) {
  std::array<epoll_event, 512> events;
  const int ready = ::epoll_wait(loop.set, events.data(), events.size(), timeout_ms);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    Flight& flight = *static_cast<Flight*>(event.data.ptr);
    const Progress progress = step(loop, flight, event.events);
    if (progress == Progress::waits) continue;
    end(loop, flight, progress == Progress::done);
    flight = {};
    ended(flight);
  }
}

void run_busy(Loop& loop, std::size_t concurrency, std::chrono::duration<double> span) {
  const auto start = Clock::now();
  std::vector<Flight> flights(concurrency);
  for (Flight& flight : flights) begin(loop, flight);
  std::size_t live = concurrency;
  while (live > 0 && Clock::now() - start < span + std::chrono::seconds(30)) {
    go_on(loop, 1000, [&](Flight& flight) {
      if (Clock::now() - start < span) {
        begin(loop, flight);
      } else {
        --live;
      }
    });
  }
}

void run_at_leisure(Loop& loop, std::size_t concurrency, std::chrono::duration<double> span,
                    const Pace& pace) {
  constexpr std::chrono::milliseconds kTogether{20};
  const auto start = Clock::now();
  std::vector<Flight> flights(concurrency);
  std::vector<Flight*> idle;
  for (Flight& flight : flights) idle.push_back(&flight);
  struct Begun {
    Flight* flight;
    std::size_t number;
    Clock::time_point at;
  };
  std::deque<Begun> under_way;  // in the order of their beginning, those that have ended too
  for (auto due = start; due - start < span + pace.patience; due += kTogether) {
    for (auto now = Clock::now(); now < due; now = Clock::now()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
      go_on(loop, static_cast<int>(left.count()), [&](Flight& flight) { idle.push_back(&flight); });
    }
    while (!under_way.empty() && due - under_way.front().at >= pace.patience) {
      Flight& flight = *under_way.front().flight;
      if (flight.number == under_way.front().number) {
        end(loop, flight, true);
        flight = {};
        idle.push_back(&flight);
      }
      under_way.pop_front();
    }
    // Those that began last are waited for as well.
    const std::chrono::duration<double> passed =
        std::min<std::chrono::duration<double>>(due - start, span);
    while (!idle.empty() && static_cast<double>(loop.started) < passed.count() * pace.rate) {
      Flight& flight = *idle.back();
      idle.pop_back();
      begin(loop, flight);
      under_way.push_back({&flight, flight.number, due});
    }
  }
}

long kib(const char* key) {
  std::FILE* const file = std::fopen("/proc/self/status", "re");
  std::array<char, 256> line;
  long value = 0;
  while (std::fgets(line.data(), line.size(), file) != nullptr) {
    if (std::strncmp(line.data(), key, std::strlen(key)) == 0)
      value = std::atol(line.data() + std::strlen(key));
  }
  std::fclose(file);
  return value;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int count, char** words) {
  if ((count != 9 && count != 11) || std::atol(words[8]) < 1) {
    std::fputs(
        "usage: bare_loop http|https PORT CONCURRENCY SECONDS CA_FILE PATH ZONE NAMES "
        "[RATE PATIENCE]\n",
        stderr);
    return 2;
  }
  const rlimit most{65536, 65536};
  ::setrlimit(RLIMIT_NOFILE, &most);
  Loop loop;
  loop.tls = std::strcmp(words[1], "https") == 0;
  loop.port = static_cast<std::uint16_t>(std::atoi(words[2]));
  const auto concurrency = static_cast<std::size_t>(std::atol(words[3]));
  const std::chrono::duration<double> span(std::atof(words[4]));
  Pace pace;
  if (count == 11)
    pace = {std::atof(words[9]), std::chrono::duration<double>(std::atof(words[10]))};
  const std::string path = words[6];
  const std::string zone = words[7];
  for (long i = 0; i < std::atol(words[8]); ++i) {
    const std::string name = "t" + std::to_string(i) + "." + zone + ".bench.test";
    loop.names.push_back(name);
    loop.requests.push_back("GET " + path + " HTTP/1.1\r\nHost: " + name +
                            "\r\nUser-Agent: bare\r\nAccept: */*\r\n\r\n");
  }
  if (loop.tls) {
    loop.context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(loop.context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(loop.context, SSL_SESS_CACHE_OFF);
    if (SSL_CTX_load_verify_file(loop.context, words[5]) != 1) return 1;
  }
  loop.set = ::epoll_create1(EPOLL_CLOEXEC);

  const long base = kib("VmRSS:");
  const double cpu = cpu_seconds();
  const auto start = Clock::now();
  if (pace.rate > 0) {
    run_at_leisure(loop, concurrency, span, pace);
  } else {
    run_busy(loop, concurrency, span);
  }
  const std::chrono::duration<double> wall = Clock::now() - start;
  std::printf(
      "{\"rounds\": %ld, \"failed\": %ld, \"cpu\": %.6f, \"wall\": %.3f, \"base_kib\": %ld, "
      "\"peak_kib\": %ld}\n",
      loop.done, loop.failed, cpu_seconds() - cpu, wall.count(), base, kib("VmHWM:"));
}
