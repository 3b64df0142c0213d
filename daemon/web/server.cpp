#include "daemon/web/server.hpp"

#include <list>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/background.hpp"
#include "daemon/helper/allowance.hpp"
#include "daemon/web/connection.hpp"

namespace reachd::web {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kRefusals = 16;  // connections beyond the limit that are still told so
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failure such as EMFILE

void log_end(std::exception_ptr fault) {
  if (!fault) return;
  try {
    std::rethrow_exception(fault);
  } catch (const std::exception& exception) {
    spdlog::error("web: {}", exception.what());
  }
}

}  // namespace

// All of it but the port is the business of the server's thread. The coroutines
// hold it by value: those that have not ended with their connections end with the loop.
struct Server::State {
  State(asio::any_io_executor executor, Handoff to_handler, Limits bounds, Entrance entrance)
      : acceptor(executor),
        pause(executor),
        handoff(std::move(to_handler)),
        gate(std::move(entrance)),
        limits(bounds) {}

  void listen(const Listen& at);
  void admit(const std::shared_ptr<State>& self, tcp::socket socket);
  bool make_room();
  void stop();
  static asio::awaitable<void> accept(std::shared_ptr<State> state);
  static asio::awaitable<void> attend(std::shared_ptr<State> state, tcp::socket socket,
                                      bool crowded);

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Handoff handoff;
  Gate gate;
  Limits limits;
  std::uint16_t port = 0;
  bool stopped = false;
  std::list<Connection> connections;
};

void Server::State::listen(const Listen& at) {
  const tcp::endpoint endpoint(asio::ip::make_address(at.address), at.port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen();
  port = acceptor.local_endpoint().port();
}

// Closes the connection that has idled longest; false if all are at work.
bool Server::State::make_room() {
  Connection* longest = nullptr;
  for (Connection& connection : connections) {
    if (!connection.idle) continue;
    if (longest == nullptr || connection.idle_since < longest->idle_since) longest = &connection;
  }
  if (longest == nullptr) return false;
  longest->idle = false;
  longest->stream.close();
  return true;
}

void Server::State::stop() {
  stopped = true;
  gate.leave_out();
  error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  for (Connection& connection : connections) connection.stream.close();
}

asio::awaitable<void> Server::State::attend(std::shared_ptr<State> state, tcp::socket socket,
                                            bool crowded) {
  if (state->stopped) co_return;
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) co_return;  // it has gone already
  const auto seat = state->connections.emplace(state->connections.end(), std::move(socket),
                                               helper::client_of(peer.address().to_string()));
  const std::shared_ptr<void> leave(nullptr, [&](void*) { state->connections.erase(seat); });
  seat->crowded = crowded;
  co_await serve(*seat, state->handoff, state->gate, state->limits, state->stopped);
}

void Server::State::admit(const std::shared_ptr<State>& self, tcp::socket socket) {
  const bool full = connections.size() >= limits.connections;
  const bool crowded = full && !make_room();
  if (crowded && connections.size() >= limits.connections + kRefusals) {
    return gate.count(Refusal::crowded);  // closes it
  }
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  asio::co_spawn(acceptor.get_executor(), attend(self, std::move(socket), crowded), log_end);
}

asio::awaitable<void> Server::State::accept(std::shared_ptr<State> state) {
  bool told = false;
  while (!state->stopped) {
    auto [error, socket] = co_await state->acceptor.async_accept(kReturn);
    if (state->stopped) break;
    if (!error) {
      told = false;
      state->admit(state, std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted) continue;
    if (!told) spdlog::warn("web: cannot accept connections: {}", error.message());
    told = true;
    state->pause.expires_after(kAcceptPause);
    co_await state->pause.async_wait(kReturn);
  }
}

Server::Server(asio::any_io_executor handlers_loop, const Listen& listen, Handler handler,
               Limits limits, Entrance entrance)
    : handlers_work_(asio::prefer(handlers_loop, asio::execution::outstanding_work.tracked)),
      loop_(1),
      state_(std::make_shared<State>(loop_.get_executor(),
                                     Handoff(handlers_loop, std::move(handler), limits.answer_time),
                                     limits, std::move(entrance))) {
  state_->listen(listen);
  asio::co_spawn(loop_, State::accept(state_), log_end);
  thread_ = std::thread([this] {
    step_back();
    loop_.run();
  });
}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return state_->port;
}

void Server::set_entrance(Entrance entrance) {
  asio::post(loop_, [state = state_, entrance = std::move(entrance)]() mutable {
    state->gate.set(std::move(entrance));
  });
}

void Server::stop() {
  if (!thread_.joinable()) return;
  asio::post(loop_, [this] {
    state_->stop();
    loop_.stop();  // a connection that waits for the handler would wait for this very thread's
                   // caller
  });
  thread_.join();
  state_->gate.stop();
  handlers_work_ = {};
}

}  // namespace reachd::web
