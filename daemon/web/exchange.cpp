#include "daemon/web/exchange.hpp"

#include <array>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/write.hpp>

namespace reachd::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

constexpr std::size_t kReadAtOnce = 65'536;

std::string header_text(const Response& response) {
  std::ostringstream text;
  text << response.base();
  return std::move(text).str();
}

// More bytes into the buffer.
asio::awaitable<error_code> fill(Channel& channel, beast::flat_buffer& buffer) {
  const std::size_t room = beast::read_size(buffer, kReadAtOnce);
  if (room == 0) co_return error_code(http::error::buffer_overflow);
  const Channel::Read read = co_await channel.read_some(buffer.prepare(room));
  buffer.commit(read.count);
  co_return read.error;
}

// Feeds the parser until it has `enough`.
asio::awaitable<error_code> feed(Channel& channel, beast::flat_buffer& buffer,
                                 RequestParser& parser, bool (*enough)(const RequestParser&)) {
  while (!enough(parser)) {
    error_code error = http::error::need_more;
    if (buffer.size() > 0) buffer.consume(parser.put(buffer.data(), error));
    if (error != http::error::need_more) {
      if (error) co_return error;
      continue;
    }
    error = co_await fill(channel, buffer);
    if (error == asio::error::eof) {
      if (!parser.got_some()) co_return error_code(http::error::end_of_stream);
      parser.put_eof(error = {});
      co_return error;
    }
    if (error) co_return error;
  }
  co_return error_code{};
}

}  // namespace

asio::awaitable<error_code> read_header(Channel& channel, beast::flat_buffer& buffer,
                                        RequestParser& parser) {
  return feed(channel, buffer, parser, [](const RequestParser& p) { return p.is_header_done(); });
}

asio::awaitable<error_code> read(Channel& channel, beast::flat_buffer& buffer,
                                 RequestParser& parser) {
  return feed(channel, buffer, parser, [](const RequestParser& p) { return p.is_done(); });
}

asio::awaitable<error_code> write_header(Channel& channel, const Response& response) {
  const std::string header = header_text(response);
  const std::array<asio::const_buffer, 1> buffers{asio::buffer(header)};
  co_return co_await channel.write(buffers);
}

asio::awaitable<error_code> write(Channel& channel, Response& response) {
  response.prepare_payload();
  const std::string header = header_text(response);
  const std::array buffers{asio::const_buffer(asio::buffer(header)),
                           asio::const_buffer(asio::buffer(response.body()))};
  co_return co_await channel.write(buffers);
}

asio::awaitable<error_code> write_chunk(Channel& channel, std::string_view piece) {
  const std::string size = fmt::format("{:x}\r\n", piece.size());
  const std::array<asio::const_buffer, 3> buffers{asio::buffer(size), asio::buffer(piece),
                                                  asio::buffer(std::string_view("\r\n"))};
  co_return co_await channel.write(buffers);
}

}  // namespace reachd::web
