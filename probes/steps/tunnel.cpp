#include "probes/steps/tunnel.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

using Outcome = std::optional<Failure>;

constexpr std::size_t kLongestAnswer = 8192;

Failure failure_from(error_code error) {
  if (error == asio::error::eof) return {Word::eof_error, {}};
  if (error == asio::error::not_found) return {Word::unknown_failure, "proxy: endless answer"};
  if (error == asio::error::operation_aborted) return {Word::reachd_cancelled, {}};
  return failure_from_errno(error.value());
}

asio::awaitable<Outcome> send(tcp::socket& socket, std::string bytes) {
  error_code error;
  co_await asio::async_write(socket, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return error ? Outcome(failure_from(error)) : Outcome();
}

asio::awaitable<Outcome> receive(tcp::socket& socket, asio::mutable_buffer into) {
  error_code error;
  co_await asio::async_read(socket, into, asio::redirect_error(asio::use_awaitable, error));
  co_return error ? Outcome(failure_from(error)) : Outcome();
}

// RFC 1928, section 6.
Failure socks_failure(unsigned char reply) {
  switch (reply) {
    case 3:
      return {Word::network_unreachable, {}};
    case 4:
      return {Word::host_unreachable, {}};
    case 5:
      return {Word::connection_refused, {}};
    case 6:
      return {Word::timed_out, {}};
    default:
      return {Word::unknown_failure, "socks: reply " + std::to_string(reply)};
  }
}

std::string socks_request(const std::string& host, std::uint16_t port) {
  std::string request("\x05\x01\x00\x03", 4);  // CONNECT to a name
  request += static_cast<char>(host.size());
  request += host;
  request += static_cast<char>(port >> 8);
  request += static_cast<char>(port & 0xff);
  return request;
}

asio::awaitable<Outcome> socks(tcp::socket& socket, std::string host, std::uint16_t port) {
  if (host.size() > 255) co_return Failure{Word::reachd_internal, "socks: the name is too long"};
  if (auto failed = co_await send(socket, std::string("\x05\x01\x00", 3))) co_return failed;
  std::array<unsigned char, 2> choice{};
  if (auto failed = co_await receive(socket, asio::buffer(choice))) co_return failed;
  if (choice != std::array<unsigned char, 2>{5, 0}) {
    co_return Failure{Word::unknown_failure, "socks: not open to us"};
  }
  if (auto failed = co_await send(socket, socks_request(host, port))) co_return failed;
  std::array<unsigned char, 4> head{};
  if (auto failed = co_await receive(socket, asio::buffer(head))) co_return failed;
  if (head[0] != 5) co_return Failure{Word::unknown_failure, "socks: not its language"};
  if (head[1] != 0) co_return socks_failure(head[1]);
  std::size_t rest = head[3] == 1 ? 4 : 16;  // the address it bound: of no use to us
  if (head[3] == 3) {
    std::array<unsigned char, 1> length{};
    if (auto failed = co_await receive(socket, asio::buffer(length))) co_return failed;
    rest = length[0];
  }
  std::array<unsigned char, 257> bound{};
  co_return co_await receive(socket, asio::buffer(bound.data(), rest + 2));
}

asio::awaitable<Outcome> http(tcp::socket& socket, std::string host, std::uint16_t port) {
  const std::string bare = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::string place = bare + ":" + std::to_string(port);
  if (auto failed =
          co_await send(socket, "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n\r\n")) {
    co_return failed;
  }
  // Byte by byte, as what follows the header belongs to the far end.
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    if (answer.size() == kLongestAnswer) {
      co_return Failure{Word::unknown_failure, "proxy: endless answer"};
    }
    std::array<char, 1> byte{};
    if (auto failed = co_await receive(socket, asio::buffer(byte))) co_return failed;
    answer += byte[0];
  }
  int status = 0;
  const std::size_t at = answer.find(' ');
  if (answer.starts_with("HTTP/1.") && at != std::string::npos) {
    std::from_chars(answer.data() + at + 1, answer.data() + answer.size(), status);
  }
  if (status >= 200 && status < 300) co_return Outcome();
  if (status == 504) co_return Failure{Word::timed_out, {}};
  co_return Failure{Word::unknown_failure, "proxy: answered " + std::to_string(status)};
}

}  // namespace

asio::awaitable<Outcome> tunnel(net::WayOut& way, const Attempt& attempt, tcp::socket& socket,
                                ProxySettings::Kind kind, std::string host, std::uint16_t port) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(way.executor, attempt.deadline);
  error_code expired;
  auto talk = kind == ProxySettings::Kind::socks5 ? socks(socket, std::move(host), port)
                                                  : http(socket, std::move(host), port);
  auto first = co_await (std::move(talk) ||
                         timer.async_wait(asio::redirect_error(asio::use_awaitable, expired)));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return Failure{expired ? Word::reachd_cancelled : Word::generic_timeout_error, {}};
}

}  // namespace reachd::steps
