#include "daemon/web/exchange.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/error.hpp>

#include "tests/support/loop.hpp"

namespace reachd::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

// A plain channel and the client at its other end, which is used without waiting: what it sends is
// small enough for the kernel to take at once.
class Exchange : public testing::Test {
 protected:
  Exchange() {
    tcp::acceptor acceptor(loop_.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    client_.connect(acceptor.local_endpoint());
    stream_.emplace(acceptor.accept());
    stream_->expires_after(10s);
    channel_.emplace(*stream_, nullptr);
    parser_.header_limit(1000);
    parser_.body_limit(100);
  }

  void send(std::string_view bytes) { asio::write(client_, asio::buffer(bytes)); }
  error_code read() { return test::run(loop_.io, web::read(*channel_, buffer_, parser_)); }

  // All that came out, once the channel's end is closed.
  std::string received() {
    stream_->close();
    std::string text;
    error_code error;
    asio::read(client_, asio::dynamic_buffer(text), error);
    return text;
  }

  test::Loop loop_;
  tcp::socket client_{loop_.io};
  std::optional<beast::tcp_stream> stream_;
  std::optional<Channel> channel_;
  beast::flat_buffer buffer_{2000};
  RequestParser parser_;
};

// Sent byte by byte, each once the one before is read.
asio::awaitable<void> drip(tcp::socket& client, tcp::socket& server, std::string text) {
  asio::steady_timer pause(client.get_executor());
  for (const char& byte : text) {
    asio::write(client, asio::buffer(&byte, 1));
    do {
      pause.expires_after(1ms);
      co_await pause.async_wait(asio::use_awaitable);
    } while (server.available() > 0);
  }
}

TEST_F(Exchange, ARequestIsWholeHoweverItIsCut) {
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  asio::co_spawn(loop_.io, drip(client_, stream_->socket(), request), asio::detached);
  EXPECT_EQ(read(), error_code());
  EXPECT_EQ(parser_.get().target(), "/x");
  EXPECT_EQ(parser_.get().body(), "hello world");
  EXPECT_EQ(buffer_.size(), 0U);
}

TEST_F(Exchange, WhatFollowsARequestStaysInTheBuffer) {
  send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET");
  EXPECT_EQ(read(), error_code());
  EXPECT_EQ(parser_.get().target(), "/1");
  RequestParser second;
  EXPECT_EQ(test::run(loop_.io, web::read(*channel_, buffer_, second)), error_code());
  EXPECT_EQ(second.get().target(), "/2");
  EXPECT_EQ(beast::buffers_to_string(buffer_.data()), "GET");
}

TEST_F(Exchange, TheHeaderIsThereBeforeTheBody) {
  send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_EQ(test::run(loop_.io, read_header(*channel_, buffer_, parser_)), error_code());
  EXPECT_TRUE(parser_.is_header_done());
  EXPECT_EQ(buffer_.size(), 2U) << "of the body nothing is looked at yet";
  send("dy");
  EXPECT_EQ(read(), error_code());
  EXPECT_EQ(parser_.get().body(), "body");
}

TEST_F(Exchange, WhoGoesHasItsWord) {
  const struct {
    std::string sent;
    error_code error;
  } cases[] = {
      {"", http::error::end_of_stream},
      {"GET / HT", http::error::partial_message},
      {"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbod", http::error::partial_message},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sent);
    tcp::acceptor acceptor(loop_.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(loop_.io);
    client.connect(acceptor.local_endpoint());
    beast::tcp_stream stream(acceptor.accept());
    Channel channel(stream, nullptr);
    asio::write(client, asio::buffer(c.sent));
    client.shutdown(tcp::socket::shutdown_send);
    beast::flat_buffer buffer(2000);
    RequestParser parser;
    EXPECT_EQ(test::run(loop_.io, web::read(channel, buffer, parser)), c.error);
  }
}

TEST_F(Exchange, WhatIsTooLargeHasItsWord) {
  send("GET /" + std::string(1000, 'x'));
  EXPECT_EQ(read(), http::error::header_limit);
}

TEST_F(Exchange, ABodyBeyondItsLimitHasItsWord) {
  send("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(read(), http::error::body_limit);
}

TEST_F(Exchange, AHeaderBeyondTheBufferHasItsWord) {
  parser_.header_limit(5000);
  send("GET /" + std::string(1995, 'x'));
  EXPECT_EQ(read(), http::error::buffer_overflow);
}

TEST_F(Exchange, WhatDoesNotComeIsWaitedForUntilTheDeadline) {
  send("GET / HT");
  stream_->expires_after(50ms);
  EXPECT_EQ(read(), beast::error::timeout);
}

TEST_F(Exchange, AResponseHasItsLength) {
  Response response(http::status::ok, 11);
  response.set(http::field::server, "x");
  response.body() = "hello";
  EXPECT_EQ(test::run(loop_.io, write(*channel_, response)), error_code());
  EXPECT_EQ(received(), "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_F(Exchange, AHeaderIsSentAsItIs) {
  Response response(http::status::not_found, 10);
  EXPECT_EQ(test::run(loop_.io, write_header(*channel_, response)), error_code());
  EXPECT_EQ(received(), "HTTP/1.0 404 Not Found\r\n\r\n");
}

TEST_F(Exchange, ABodyInPiecesIsChunked) {
  const std::string piece(300, 'p');
  EXPECT_EQ(test::run(loop_.io, write_chunk(*channel_, "hello")), error_code());
  EXPECT_EQ(test::run(loop_.io, write_chunk(*channel_, piece)), error_code());
  EXPECT_EQ(test::run(loop_.io, write_chunk(*channel_, {})), error_code());
  EXPECT_EQ(received(), "5\r\nhello\r\n12c\r\n" + piece + "\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace reachd::web
