#include "probes/steps/connect.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstddef>
#include <utility>

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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

error_code open(tcp::socket& socket, const tcp::endpoint& peer) {
  error_code error;
  socket.open(peer.protocol(), error);
  if (!error) socket.non_blocking(true, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  return error;
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
  tcp::socket socket(way.executor);
  error = open(socket, peer);
  if (error) {
    observation.failure = failure_from_errno(error.value());
    co_return result;
  }

  asio::steady_timer timer(way.executor, attempt.deadline);
  auto both = asio::experimental::make_parallel_group(socket.async_connect(peer, asio::deferred),
                                                      timer.async_wait(asio::deferred));
  const auto [order, connected, expired] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  observation.took = std::chrono::duration_cast<Micros>(Clock::now() - began);

  if (connected == asio::error::operation_aborted) {
    observation.failure =
        Failure{expired ? Word::reachd_cancelled : Word::generic_timeout_error, {}};
    co_return result;
  }
  if (const auto local = socket.local_endpoint(error); !error) seen.local_port = local.port();
  if (connected) {
    observation.failure = failure_from_errno(connected.value());
    co_return result;
  }
  seen.info = tcp_info_of(socket.native_handle());
  result.socket.emplace(std::move(socket));
  co_return result;
}

}  // namespace reachd::steps
