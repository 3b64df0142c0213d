#include "daemon/systemd.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/support/environment.hpp"

namespace reachd {
namespace {

using test::Environment;

// The socket that systemd would listen on: an abstract address of the kernel's choosing, so that
// copies of the test do not meet.
class Listener {
 public:
  Listener() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un any{};
    any.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);
    sockaddr_un bound{};
    socklen_t bound_size = sizeof bound;
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&any));
    auto* answer = static_cast<sockaddr*>(static_cast<void*>(&bound));
    if (socket_ < 0 || bind(socket_, generic, size) != 0 ||
        getsockname(socket_, answer, &bound_size) != 0) {
      throw std::runtime_error("no datagram socket to be had");
    }
    const std::size_t length = bound_size - sizeof(sa_family_t);
    name_ = "@" + std::string(bound.sun_path + 1, length - 1);
  }
  ~Listener() { close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const char* name() const { return name_.c_str(); }

  // A datagram that was sent is there already: nothing has to be waited for.
  std::optional<std::string> next() const {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
  std::string name_;
};

TEST(Systemd, TellsReadyReloadingStoppingAndStatus) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  const Environment watchdog("WATCHDOG_USEC", nullptr);
  const Systemd systemd;
  systemd.ready();
  EXPECT_EQ(listener.next(), "READY=1");
  systemd.reloading();
  const auto reloading = listener.next();
  ASSERT_TRUE(reloading);
  EXPECT_TRUE(reloading->starts_with("RELOADING=1\nMONOTONIC_USEC=")) << *reloading;
  systemd.stopping();
  EXPECT_EQ(listener.next(), "STOPPING=1");
  systemd.status("8 of 9 targets reachable");
  EXPECT_EQ(listener.next(), "STATUS=8 of 9 targets reachable");
}

TEST(Systemd, SaysTheMonotonicTimeOfAReload) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  timespec before{};
  timespec after{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  Systemd().reloading();
  clock_gettime(CLOCK_MONOTONIC, &after);
  const auto text = listener.next();
  ASSERT_TRUE(text);
  const long long said = std::stoll(text->substr(text->rfind('=') + 1));
  EXPECT_GE(said, before.tv_sec * 1'000'000LL + before.tv_nsec / 1000);
  EXPECT_LE(said, after.tv_sec * 1'000'000LL + after.tv_nsec / 1000);
}

TEST(Systemd, ALineBreakInTheStatusStartsNoStatement) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  Systemd().status("bad\nREADY=1\r\x1b[2J");
  EXPECT_EQ(listener.next(), "STATUS=bad READY=1  [2J");
}

TEST(Systemd, FeedsTheWatchdogOnlyWhenToldAndNotMoreOftenThanNeeded) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  const Environment usec("WATCHDOG_USEC", "3600000000");
  const Environment pid("WATCHDOG_PID", nullptr);
  Systemd systemd;
  EXPECT_EQ(systemd.watchdog_interval(), std::chrono::hours(1));
  EXPECT_FALSE(listener.next());
  systemd.feed_watchdog();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
  systemd.feed_watchdog();
  EXPECT_FALSE(listener.next());
}

TEST(Systemd, FeedsAgainOnceAQuarterOfTheIntervalHasPassed) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  const Environment usec("WATCHDOG_USEC", "4");
  const Environment pid("WATCHDOG_PID", nullptr);
  Systemd systemd;
  systemd.feed_watchdog();
  const auto fed = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - fed < std::chrono::microseconds(2)) continue;
  systemd.feed_watchdog();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
}

TEST(Systemd, AWatchdogThatIsOffOrOfAnotherProcessIsNotFed) {
  const Listener listener;
  const Environment notify("NOTIFY_SOCKET", listener.name());
  {
    const Environment usec("WATCHDOG_USEC", nullptr);
    Systemd systemd;
    systemd.feed_watchdog();
  }
  {
    const Environment usec("WATCHDOG_USEC", "1000000");
    const Environment pid("WATCHDOG_PID", "1");
    Systemd systemd;
    systemd.feed_watchdog();
  }
  EXPECT_FALSE(listener.next());
}

TEST(Systemd, IsSilentWhereNobodyListens) {
  const Environment notify("NOTIFY_SOCKET", nullptr);
  Systemd systemd;
  systemd.ready();
  systemd.status("nobody hears this");
  systemd.feed_watchdog();
  EXPECT_EQ(systemd.watchdog_interval().count(), 0);
}

}  // namespace
}  // namespace reachd
