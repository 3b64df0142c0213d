#include "probes/steps/connect.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstddef>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

// The C library's tcp_info ends where Linux' of 2005 did, and <linux/tcp.h> cannot stand beside it.
// This is how the kernel's goes on.
struct KernelTcpInfo {
  tcp_info base;
  std::uint64_t pacing_rate;
  std::uint64_t max_pacing_rate;
  std::uint64_t bytes_acked;
  std::uint64_t bytes_received;
  std::uint32_t segments_out;
  std::uint32_t segments_in;
  std::uint32_t not_sent_bytes;
  std::uint32_t min_rtt;
};
static_assert(sizeof(tcp_info) == 104);
static_assert(offsetof(KernelTcpInfo, min_rtt) == 148);

// Open, and on its way to the peer; small writes leave at once.
error_code begin(const tcp::endpoint& peer, net::Socket& socket) {
  if (const auto error = net::open_to(peer.data(), peer.size(), SOCK_STREAM, socket)) return error;
  const int yes = 1;
  const int set = ::setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return set == 0 ? error_code{} : net::error_now();
}

// Why there is no connection. A peer that took it and resets it at once may be quicker than we are
// to look: then it stood, and what has become of it is for the next step to find, which the error,
// once asked for, would be no more.
error_code outcome(const net::Socket& socket, std::uint32_t events,
                   const std::optional<TcpInfo>& info) {
  const bool stood = info && info->bytes_acked > 0;  // our SYN
  if ((events & EPOLLERR) == 0 || stood) return {};
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
    return net::error_now();
  }
  return error_code(error, boost::system::system_category());
}

std::uint16_t local_port(const net::Socket& socket) {
  tcp::endpoint local;
  auto size = static_cast<socklen_t>(local.capacity());
  return ::getsockname(socket.descriptor(), local.data(), &size) == 0 ? local.port()
                                                                      : std::uint16_t{0};
}

}  // namespace

std::optional<TcpInfo> tcp_info_of(int descriptor) {
  KernelTcpInfo info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  // A kernel before 4.6 fills less; the rest stays zero. 4294967295: no round trip was timed.
  TcpInfo seen;
  seen.state = info.base.tcpi_state;
  seen.bytes_acked = info.bytes_acked;
  seen.bytes_received = info.bytes_received;
  seen.unacked = info.base.tcpi_unacked;
  seen.retransmits = info.base.tcpi_total_retrans;
  seen.rtt = Micros(info.base.tcpi_rtt);
  seen.min_rtt = Micros(info.min_rtt == ~std::uint32_t{0} ? 0 : info.min_rtt);
  return seen;
}

asio::awaitable<Connected> connect(net::WayOut& way, Attempt& attempt) {
  const auto asked = Clock::now();
  if (attempt.paced) co_await way.pace.turn(attempt.peer.address);
  const auto began = Clock::now();
  attempt.deadline += began - asked;

  Connected result;
  Observation& observation = result.observation;
  observation.stage = Stage::tcp;
  observation.transaction = attempt.transaction;
  observation.depth = attempt.depth;
  observation.peer = attempt.peer;
  observation.began = std::chrono::duration_cast<Micros>(began - attempt.start);
  TcpSeen& seen = observation.seen.emplace<TcpSeen>();

  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    observation.failure = Failure{Word::reachd_cancelled, {}};
    co_return result;
  }

  error_code error;
  const auto address = asio::ip::make_address(attempt.peer.address, error);
  if (error) {
    observation.failure = Failure{Word::reachd_internal, "the peer is not an address"};
    co_return result;
  }
  const tcp::endpoint peer(address, attempt.peer.port);
  net::Socket socket;
  error = begin(peer, socket);
  if (error) {
    observation.failure = failure_from_errno(error.value());
    co_return result;
  }

  const net::Poller::Ready ready =
      co_await way.poller.ready(socket.descriptor(), EPOLLOUT, attempt.deadline);
  observation.took = std::chrono::duration_cast<Micros>(Clock::now() - began);
  if (ready.ended != net::Ended::told) {
    const bool late = ready.ended == net::Ended::late;
    observation.failure = Failure{late ? Word::generic_timeout_error : Word::reachd_cancelled, {}};
    co_return result;
  }
  seen.local_port = local_port(socket);
  auto info = tcp_info_of(socket.descriptor());
  error = outcome(socket, ready.events, info);
  if (error) {
    observation.failure = failure_from_errno(error.value());
    co_return result;
  }
  seen.info = std::move(info);
  result.socket.emplace(std::move(socket));
  co_return result;
}

}  // namespace reachd::steps
