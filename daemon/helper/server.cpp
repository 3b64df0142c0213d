#include "daemon/helper/server.hpp"

#include <exception>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "daemon/web/channel.hpp"
#include "daemon/web/ending.hpp"
#include "daemon/web/exchange.hpp"

namespace reachd::helper {
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failure such as EMFILE

void log_end(std::exception_ptr fault) {
  if (!fault) return;
  try {
    std::rethrow_exception(fault);
  } catch (const std::exception& exception) {
    spdlog::error("helper: {}", exception.what());
  }
}

struct Seat {
  explicit Seat(tcp::socket socket) : stream(std::move(socket)) {}
  beast::tcp_stream stream;
  // Held by the coroutine's handler too: it must outlive the coroutine that listens to it.
  std::shared_ptr<asio::cancellation_signal> signal = std::make_shared<asio::cancellation_signal>();
};

}  // namespace

// The coroutines hold it: they end after the Server's end, with the loop's next turns.
struct Server::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor, std::shared_ptr<asio::ssl::context> context, Desk& clerk,
        Metrics& counters, Limits bounds)
      : acceptor(executor),
        pause(executor),
        gone(executor, asio::steady_timer::time_point::max()),
        tls(std::move(context)),
        desk(clerk),
        metrics(counters),
        limits(bounds) {}

  void listen(const Listen& at);
  void admit(tcp::socket socket);
  void stop();
  asio::awaitable<void> accept();
  asio::awaitable<void> attend(std::list<Seat>::iterator seat, std::string client,
                               std::string address);
  asio::awaitable<void> serve(web::Channel& channel, std::string address);

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  asio::steady_timer gone;  // never expires; cancelled when the last connection has ended
  std::shared_ptr<asio::ssl::context> tls;
  Desk& desk;
  Metrics& metrics;
  Limits limits;
  std::uint16_t port = 0;
  bool stopped = false;
  std::list<Seat> seats;
  std::map<std::string, std::size_t> of_client;
};

void Server::State::listen(const Listen& at) {
  const tcp::endpoint endpoint(asio::ip::make_address(at.address), at.port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen();
  port = acceptor.local_endpoint().port();
}

void Server::State::stop() {
  stopped = true;
  error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
  for (Seat& seat : seats) {
    seat.stream.close();
    signals.push_back(seat.signal);  // the seat may go while it is told
  }
  for (const auto& signal : signals) signal->emit(asio::cancellation_type::terminal);
}

void Server::State::admit(tcp::socket socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // it has gone already
  const std::string address = peer.address().to_string();
  const std::string client = client_of(address);
  const auto count = of_client.find(client);
  const bool crowded = count != of_client.end() && count->second >= limits.connections_of_one;
  if (crowded || seats.size() >= limits.connections) return metrics.count_dropped();
  socket.set_option(tcp::no_delay(true), error);
  const auto seat = seats.emplace(seats.end(), std::move(socket));
  ++of_client[client];
  metrics.set_connections(seats.size());
  auto done = [self = shared_from_this(), signal = seat->signal](std::exception_ptr fault) {
    if (!self->stopped) log_end(fault);
  };
  asio::co_spawn(
      acceptor.get_executor(),
      [self = shared_from_this(), seat, client, address] {
        return self->attend(seat, client, address);
      },
      asio::bind_cancellation_slot(seat->signal->slot(), std::move(done)));
}

asio::awaitable<void> Server::State::attend(std::list<Seat>::iterator seat, std::string client,
                                            std::string address) {
  const std::shared_ptr<void> leave(nullptr, [&](void*) {
    seats.erase(seat);
    if (--of_client[client] == 0) of_client.erase(client);
    metrics.set_connections(seats.size());
    if (seats.empty()) gone.cancel();
  });
  if (stopped) co_return;
  beast::tcp_stream& stream = seat->stream;
  stream.expires_after(limits.request_time);
  web::Channel channel(stream, tls.get());
  if (!co_await channel.shake_hands()) co_await serve(channel, std::move(address));
}

asio::awaitable<void> Server::State::serve(web::Channel& channel, std::string address) {
  const auto began = std::chrono::steady_clock::now();
  beast::flat_buffer buffer(limits.header_bytes + limits.body_bytes);
  web::RequestParser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser.body_limit(limits.body_bytes);
  std::optional<Response> response;
  error_code error = co_await web::read_header(channel, buffer, parser);
  if (!error && !stopped) response = desk.refuse(parser.get(), address);
  if (!error && !response && !parser.is_done()) {
    error = co_await web::read(channel, buffer, parser);
  }
  if (stopped) co_return;
  if (error) response = web::complaint(error, "the question is too large");
  if (error && !response) co_return;
  channel.lowest().expires_never();  // the inquiry has bounds of its own
  if (!response) response = co_await desk.answer(parser.get());
  if (stopped) co_return;

  metrics.count(static_cast<int>(response->result_int()), std::chrono::steady_clock::now() - began);
  response->version(11);
  response->keep_alive(false);
  channel.lowest().expires_after(limits.answer_time);
  error = co_await web::write(channel, *response);
  if (!error && !stopped) co_await web::part(channel);
}

asio::awaitable<void> Server::State::accept() {
  bool told = false;
  while (!stopped) {
    auto [error, socket] = co_await acceptor.async_accept(kReturn);
    if (stopped) break;
    if (!error) {
      told = false;
      admit(std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted) continue;
    if (!told) spdlog::warn("helper: cannot accept connections: {}", error.message());
    told = true;
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kReturn);
  }
}

Server::Server(asio::any_io_executor executor, const Listen& listen,
               std::shared_ptr<asio::ssl::context> tls, Desk& desk, Metrics& metrics, Limits limits)
    : state_(std::make_shared<State>(executor, std::move(tls), desk, metrics, limits)) {
  state_->listen(listen);
  asio::co_spawn(executor, [state = state_] { return state->accept(); }, log_end);
}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return state_->port;
}

void Server::stop() {
  state_->stop();
}

asio::awaitable<void> Server::stopped() {
  const auto state = state_;
  while (!state->seats.empty()) co_await state->gone.async_wait(kReturn);
}

}  // namespace reachd::helper
