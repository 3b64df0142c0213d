#include "daemon/web/channel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
namespace {

constexpr auto kReturn = asio::as_tuple(asio::use_awaitable);

}  // namespace

Channel::Channel(beast::tcp_stream& stream, asio::ssl::context* tls) : stream_(stream) {
  if (tls != nullptr) secured_.emplace(stream, *tls);
}

asio::awaitable<error_code> Channel::shake_hands() {
  if (!secured_) co_return error_code{};
  auto [error] = co_await secured_->async_handshake(asio::ssl::stream_base::server, kReturn);
  co_return error;
}

asio::awaitable<Channel::Read> Channel::read_some(asio::mutable_buffer into) {
  auto [error, count] = secured_ ? co_await secured_->async_read_some(into, kReturn)
                                 : co_await stream_.async_read_some(into, kReturn);
  co_return Read{error, count};
}

asio::awaitable<error_code> Channel::write(std::span<const asio::const_buffer> buffers) {
  auto [error, count] = secured_ ? co_await asio::async_write(*secured_, buffers, kReturn)
                                 : co_await asio::async_write(stream_, buffers, kReturn);
  co_return error;
}

asio::awaitable<void> Channel::shut_down() {
  if (secured_) co_await secured_->async_shutdown(kReturn);
}

}  // namespace reachd::web
