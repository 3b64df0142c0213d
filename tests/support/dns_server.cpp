#include "tests/support/dns_server.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace reachd::test {
namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::size_t kHeader = 12;

// Where the first question ends.
std::size_t question_end(const Bytes& query) {
  std::size_t at = kHeader;
  while (query.at(at) != 0) at += query[at] + 1U;
  return at + 5;
}

void append(Bytes& out, std::initializer_list<std::uint8_t> bytes) {
  out.insert(out.end(), bytes);
}

}  // namespace

struct DnsServer::State {
  State(asio::io_context& context, DnsScript on_udp, DnsScript on_tcp, End at_end)
      : io(context), udp_script(std::move(on_udp)), tcp_script(std::move(on_tcp)), end(at_end) {}

  // One port for both, held even where it refuses.
  void bind() {
    const auto loopback = asio::ip::address_v4::loopback();
    for (int attempt = 0; attempt < 100; ++attempt) {
      datagrams = udp::socket(io, udp::endpoint(loopback, 0));
      port = datagrams.local_endpoint().port();
      listener = tcp::acceptor(io);
      listener.open(tcp::v4());
      error_code error;
      listener.bind({loopback, port}, error);
      if (error) continue;
      // Connected to somebody else, the socket takes nothing from us: the kernel refuses for it.
      if (!udp_script) datagrams.connect({loopback, 9});
      if (tcp_script) listener.listen();
      return;
    }
    throw std::runtime_error("no port that is free for UDP and TCP");
  }

  asio::io_context& io;
  DnsScript udp_script;
  DnsScript tcp_script;
  End end;
  udp::socket datagrams{io};
  tcp::acceptor listener{io};
  std::uint16_t port = 0;
  std::vector<Heard> heard;
  int streams = 0;
  std::vector<std::shared_ptr<tcp::socket>> open;
};

namespace {

using Shared = std::shared_ptr<DnsServer::State>;

asio::awaitable<void> send_later(Shared state, udp::endpoint to, DnsSend what,
                                 std::chrono::steady_clock::time_point at) {
  if (what.after.count() > 0) {
    asio::steady_timer timer(state->io, at + what.after);
    co_await timer.async_wait(asio::use_awaitable);
  }
  error_code ignored;
  if (state->datagrams.is_open()) {
    state->datagrams.send_to(asio::buffer(what.bytes), to, 0, ignored);
  }
}

asio::awaitable<void> serve_datagrams(Shared state) {
  std::array<std::uint8_t, 4096> buffer{};
  while (state->datagrams.is_open()) {
    udp::endpoint from;
    error_code error;
    const std::size_t size = co_await state->datagrams.async_receive_from(
        asio::buffer(buffer), from, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;  // an asker that is gone
    const auto now = std::chrono::steady_clock::now();
    const Bytes query(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    const int nth = static_cast<int>(state->heard.size());
    state->heard.push_back({query, from.port()});
    for (DnsSend& send : state->udp_script(query, nth)) {
      asio::co_spawn(state->io, send_later(state, from, std::move(send), now), asio::detached);
    }
  }
}

asio::awaitable<void> serve_stream(Shared state, std::shared_ptr<tcp::socket> socket) {
  std::array<std::uint8_t, 2> length{};
  co_await asio::async_read(*socket, asio::buffer(length), asio::use_awaitable);
  Bytes query(static_cast<std::size_t>(length[0] << 8 | length[1]));
  co_await asio::async_read(*socket, asio::buffer(query), asio::use_awaitable);
  const auto now = std::chrono::steady_clock::now();
  for (const DnsSend& send : state->tcp_script(query, state->streams++)) {
    asio::steady_timer timer(state->io, now + send.after);
    if (send.after.count() > 0) co_await timer.async_wait(asio::use_awaitable);
    co_await asio::async_write(*socket, asio::buffer(send.bytes), asio::use_awaitable);
  }
  if (state->end == DnsServer::End::hold) co_return;
  if (state->end == DnsServer::End::reset) socket->set_option(asio::socket_base::linger(true, 0));
  socket->close();
}

asio::awaitable<void> serve_streams(Shared state) {
  while (state->listener.is_open()) {
    auto socket = std::make_shared<tcp::socket>(state->io);
    error_code error;
    co_await state->listener.async_accept(*socket,
                                          asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    state->open.push_back(socket);
    asio::co_spawn(state->io, serve_stream(state, socket), [](const std::exception_ptr&) {});
  }
}

}  // namespace

DnsServer::DnsServer(asio::io_context& io, DnsScript udp, DnsScript tcp, End end)
    : state_(std::make_shared<State>(io, std::move(udp), std::move(tcp), end)) {
  state_->bind();
  if (state_->udp_script) asio::co_spawn(io, serve_datagrams(state_), asio::detached);
  if (state_->tcp_script) asio::co_spawn(io, serve_streams(state_), asio::detached);
}

DnsServer::~DnsServer() {
  error_code ignored;
  state_->datagrams.close(ignored);
  state_->listener.close(ignored);
  for (const auto& socket : state_->open) socket->close(ignored);
}

std::uint16_t DnsServer::port() const {
  return state_->port;
}
const std::vector<DnsServer::Heard>& DnsServer::heard() const {
  return state_->heard;
}

Bytes reply_to(const Bytes& query, const std::vector<std::string>& addresses, int rcode) {
  Bytes reply(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(question_end(query)));
  reply[2] = 0x81;
  reply[3] = static_cast<std::uint8_t>(0x80 | rcode);
  reply[7] = static_cast<std::uint8_t>(addresses.size());
  reply[11] = 0;  // no OPT
  for (const std::string& text : addresses) {
    const auto address = asio::ip::make_address(text);
    const bool v4 = address.is_v4();
    append(reply, {0xc0, kHeader, 0, static_cast<std::uint8_t>(v4 ? 1 : 28), 0, 1, 0, 0, 0, 60, 0,
                   static_cast<std::uint8_t>(v4 ? 4 : 16)});
    if (v4) {
      std::ranges::copy(address.to_v4().to_bytes(), std::back_inserter(reply));
    } else {
      std::ranges::copy(address.to_v6().to_bytes(), std::back_inserter(reply));
    }
  }
  return reply;
}

Bytes bent(Bytes message, std::size_t at, const Bytes& bytes) {
  if (message.size() < at + bytes.size()) message.resize(at + bytes.size());
  std::ranges::copy(bytes, message.begin() + static_cast<std::ptrdiff_t>(at));
  return message;
}

Bytes framed(const Bytes& message) {
  Bytes out{static_cast<std::uint8_t>(message.size() >> 8),
            static_cast<std::uint8_t>(message.size() & 0xff)};
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

std::string as_text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

DnsScript answering(std::vector<std::string> addresses, int rcode) {
  return [addresses = std::move(addresses), rcode](const Bytes& query, int) {
    return std::vector<DnsSend>{{reply_to(query, addresses, rcode)}};
  };
}

DnsScript silent() {
  return [](const Bytes&, int) { return std::vector<DnsSend>{}; };
}

}  // namespace reachd::test
