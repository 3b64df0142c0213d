#include "tests/support/tcp_server.hpp"

#include <type_traits>

#include <boost/asio.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace reachd::test {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct TcpServer::State {
  State(asio::io_context& io, Script s, asio::ssl::context* t, const std::string& address)
      : acceptor(io, tcp::endpoint(asio::ip::make_address(address), 0)),
        script(std::move(s)),
        tls(t),
        port(acceptor.local_endpoint().port()) {}

  tcp::acceptor acceptor;
  Script script;
  asio::ssl::context* tls;
  std::uint16_t port;
  int accepted = 0;
  std::string received;
  std::vector<std::weak_ptr<tcp::socket>> sockets;
};

namespace {

using StatePtr = std::shared_ptr<TcpServer::State>;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

// Plays one action; false if the connection is over.
template <typename Stream>
asio::awaitable<bool> play(StatePtr state, Stream& stream, const Action& action) {
  auto executor = co_await asio::this_coro::executor;
  auto& socket = stream.lowest_layer();
  if (const auto* read = std::get_if<ReadUntil>(&action)) {
    std::string buffer;
    while (buffer.empty() || buffer.find(read->text) == std::string::npos) {
      char chunk[4096];
      const auto [error, size] = co_await stream.async_read_some(asio::buffer(chunk), kToken);
      if (error) co_return false;
      buffer.append(chunk, size);
      state->received.append(chunk, size);
    }
  } else if (const auto* send = std::get_if<Send>(&action)) {
    const auto [error, size] =
        co_await asio::async_write(stream, asio::buffer(send->bytes), kToken);
    if (error) co_return false;
  } else if (const auto* flood = std::get_if<SendForever>(&action)) {
    for (;;) {
      const auto [error, size] =
          co_await asio::async_write(stream, asio::buffer(flood->bytes), kToken);
      if (error) co_return false;
    }
  } else if (const auto* drip = std::get_if<Drip>(&action)) {
    asio::steady_timer timer(executor);
    for (const char& byte : drip->bytes) {
      const auto [error, size] = co_await asio::async_write(stream, asio::buffer(&byte, 1), kToken);
      if (error) co_return false;
      timer.expires_after(drip->pause);
      co_await timer.async_wait(kToken);
    }
  } else if (const auto* pause = std::get_if<Pause>(&action)) {
    asio::steady_timer timer(executor, pause->time);
    co_await timer.async_wait(kToken);
  } else if (const auto* call = std::get_if<Call>(&action)) {
    call->function();
  } else if (std::holds_alternative<Reset>(action)) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
    co_return false;
  } else if (std::holds_alternative<Finish>(action)) {
    error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  } else {
    co_await socket.async_wait(tcp::socket::wait_error, kToken);
    co_return false;
  }
  co_return true;
}

template <typename Stream>
asio::awaitable<void> play_all(StatePtr state, Stream& stream) {
  for (const Action& action : state->script) {
    if (!co_await play(state, stream, action)) co_return;
  }
}

asio::awaitable<void> serve(StatePtr state, std::shared_ptr<tcp::socket> socket) {
  if (state->tls == nullptr) {
    co_await play_all(state, *socket);
    co_return;
  }
  asio::ssl::stream<tcp::socket&> stream(*socket, *state->tls);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
  if (!error) co_await play_all(state, stream);
}

asio::awaitable<void> listen(StatePtr state) {
  for (;;) {
    auto [error, socket] = co_await state->acceptor.async_accept(kToken);
    if (error) co_return;
    ++state->accepted;
    auto shared = std::make_shared<tcp::socket>(std::move(socket));
    state->sockets.push_back(shared);
    asio::co_spawn(state->acceptor.get_executor(), serve(state, shared), asio::detached);
  }
}

}  // namespace

TcpServer::TcpServer(asio::io_context& io, Script script, asio::ssl::context* tls,
                     const std::string& address)
    : state_(std::make_shared<State>(io, std::move(script), tls, address)) {
  asio::co_spawn(io, listen(state_), asio::detached);
}

TcpServer::~TcpServer() {
  close();
}

std::uint16_t TcpServer::port() const {
  return state_->port;
}

std::string TcpServer::url(const std::string& path) const {
  return (state_->tls == nullptr ? "http" : "https") + std::string("://127.0.0.1:") +
         std::to_string(state_->port) + path;
}

int TcpServer::accepted() const {
  return state_->accepted;
}
const std::string& TcpServer::received() const {
  return state_->received;
}

void TcpServer::close() {
  error_code ignored;
  state_->acceptor.close(ignored);
  for (const auto& weak : state_->sockets) {
    if (const auto socket = weak.lock()) socket->close(ignored);
  }
}

}  // namespace reachd::test
