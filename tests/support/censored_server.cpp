#include "tests/support/censored_server.hpp"

#include <array>
#include <utility>

#include <boost/asio.hpp>

namespace reachd::test {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct CensoredServer::State {
  State(asio::io_context& io, std::string word)
      : acceptor(io, tcp::endpoint(tcp::v4(), 0)), forbidden(std::move(word)) {}
  tcp::acceptor acceptor;
  std::string forbidden;
  std::vector<Visit> visits;
};

namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

asio::awaitable<void> serve(std::shared_ptr<CensoredServer::State> state, tcp::socket socket) {
  std::array<char, 4096> bytes;
  error_code error;
  const std::size_t size = co_await socket.async_read_some(
      asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
  CensoredServer::Visit visit{socket.local_endpoint(error).address().to_string(),
                              std::string(bytes.data(), size), false};
  visit.reset = visit.said.find(state->forbidden) != std::string::npos;
  state->visits.push_back(visit);
  if (visit.reset) {
    socket.set_option(asio::socket_base::linger(true, 0), error);
  } else if (size > 0) {
    co_await asio::async_write(socket, asio::buffer(kAnswer),
                               asio::redirect_error(asio::use_awaitable, error));
  }
  socket.close(error);
}

asio::awaitable<void> accept(std::shared_ptr<CensoredServer::State> state) {
  while (state->acceptor.is_open()) {
    error_code error;
    tcp::socket socket =
        co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    asio::co_spawn(state->acceptor.get_executor(), serve(state, std::move(socket)), asio::detached);
  }
}

}  // namespace

CensoredServer::CensoredServer(asio::io_context& io, std::string forbidden)
    : state_(std::make_shared<State>(io, std::move(forbidden))) {
  asio::co_spawn(io, accept(state_), asio::detached);
}

CensoredServer::~CensoredServer() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

std::uint16_t CensoredServer::port() const {
  return state_->acceptor.local_endpoint().port();
}
const std::vector<CensoredServer::Visit>& CensoredServer::visits() const {
  return state_->visits;
}

}  // namespace reachd::test
