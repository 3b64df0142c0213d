#include "tests/lab/censor/wire.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

namespace censor {
namespace {

constexpr int kBuffer = 8 << 20;
constexpr std::size_t kLargestFrame = 65536 + 64;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void set(int socket, int level, int option, const void* value, std::size_t size) {
  if (setsockopt(socket, level, option, value, static_cast<socklen_t>(size)) != 0) {
    fail("setsockopt " + std::to_string(option));
  }
}

// The kernel stamps with the wall clock; the frame waited since then, and that is all that counts.
Time arrival_time(const timespec& stamp) {
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  const auto waited = std::chrono::seconds(wall.tv_sec - stamp.tv_sec) +
                      std::chrono::nanoseconds(wall.tv_nsec - stamp.tv_nsec);
  return std::chrono::steady_clock::now() -
         std::clamp<std::chrono::nanoseconds>(waited, std::chrono::nanoseconds(0),
                                              std::chrono::milliseconds(500));
}

}  // namespace

WireEnd::WireEnd(const std::string& interface) {
  const unsigned index = if_nametoindex(interface.c_str());
  if (index == 0) {
    fail("interface " + interface);
  }
  // Protocol 0 until bound: nothing from other interfaces may slip in.
  socket_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) {
    fail("raw socket for " + interface);
  }
  const int on = 1;
  set(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  set(socket_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  // The larger buffer needs a right that an ordinary user's namespace does not give.
  if (setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &kBuffer, sizeof kBuffer) != 0) {
    set(socket_, SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  }
  if (setsockopt(socket_, SOL_SOCKET, SO_SNDBUFFORCE, &kBuffer, sizeof kBuffer) != 0) {
    set(socket_, SOL_SOCKET, SO_SNDBUF, &kBuffer, sizeof kBuffer);
  }
  packet_mreq member{};
  member.mr_ifindex = static_cast<int>(index);
  member.mr_type = PACKET_MR_PROMISC;
  set(socket_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &member, sizeof member);
  sockaddr_ll place{};
  place.sll_family = AF_PACKET;
  place.sll_protocol = htons(ETH_P_ALL);
  place.sll_ifindex = static_cast<int>(index);
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {
    fail("bind to " + interface);
  }
}

WireEnd::~WireEnd() {
  if (socket_ >= 0) {
    close(socket_);
  }
}

WireEnd::WireEnd(WireEnd&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

std::optional<Arrival> WireEnd::receive() {
  static std::array<std::uint8_t, kLargestFrame> buffer;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control{};
  iovec piece{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(socket_, &message, MSG_DONTWAIT);
  if (size < 0) {
    return std::nullopt;
  }
  Arrival arrival{Bytes(buffer.begin(), buffer.begin() + size), std::chrono::steady_clock::now()};
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
      arrival.at = arrival_time(stamp);
    }
  }
  return arrival;
}

bool WireEnd::send(View frame) {
  return ::send(socket_, frame.data(), frame.size(), MSG_DONTWAIT) ==
         static_cast<ssize_t>(frame.size());
}

}  // namespace censor
