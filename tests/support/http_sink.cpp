#include "tests/support/http_sink.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace reachd::test {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct HttpSink::State {
  State(asio::io_context& io, Answer how, std::uint16_t wanted)
      : acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), wanted)),
        answer(std::move(how)),
        port(acceptor.local_endpoint().port()) {}

  static asio::awaitable<void> listen(std::shared_ptr<State> state);
  static asio::awaitable<void> serve(std::shared_ptr<State> state,
                                     std::shared_ptr<tcp::socket> socket);

  tcp::acceptor acceptor;
  Answer answer;
  std::uint16_t port;
  std::vector<std::weak_ptr<tcp::socket>> sockets;
};

asio::awaitable<void> HttpSink::State::listen(std::shared_ptr<State> state) {
  for (;;) {
    auto [error, socket] =
        co_await state->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    auto shared = std::make_shared<tcp::socket>(std::move(socket));
    state->sockets.push_back(shared);
    asio::co_spawn(state->acceptor.get_executor(), serve(state, shared), asio::detached);
  }
}

asio::awaitable<void> HttpSink::State::serve(std::shared_ptr<State> state,
                                             std::shared_ptr<tcp::socket> socket) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(64U << 20U);
    error_code error;
    co_await http::async_read(*socket, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    auto request = parser.release();
    TakenRequest taken{std::string(request.target()), {}, std::move(request.body())};
    for (const auto& field : request) {
      std::string name(field.name_string());
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      taken.headers[name] = std::string(field.value());
    }
    const SinkAnswer answer = state->answer(taken);
    http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    if (answer.status != 204) response.body() = "words of the receiver\n";
    response.prepare_payload();
    co_await http::async_write(*socket, response, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

HttpSink::HttpSink(asio::io_context& io, Answer answer, std::uint16_t port)
    : state_(std::make_shared<State>(io, std::move(answer), port)) {
  asio::co_spawn(io, State::listen(state_), asio::detached);
}

HttpSink::~HttpSink() {
  close();
}

std::uint16_t HttpSink::port() const {
  return state_->port;
}

int HttpSink::connections() const {
  return static_cast<int>(state_->sockets.size());
}

std::string HttpSink::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(state_->port) + path;
}

void HttpSink::close() {
  error_code ignored;
  state_->acceptor.close(ignored);
  for (const auto& weak : state_->sockets) {
    if (const auto socket = weak.lock()) socket->close(ignored);
  }
}

}  // namespace reachd::test
