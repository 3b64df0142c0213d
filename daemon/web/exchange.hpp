// A request in, a response out, as HTTP/1.1 has them on a channel. Parsing and the header's text
// are Beast's; its own reads and writes want a stream of one type, which a channel is not.
#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>

#include "daemon/web/channel.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Reads until the header, or the whole request, is parsed. What is read beyond it stays in the
// buffer. Errors are the parser's, with Beast's words: a client that ends before its first byte is
// end_of_stream, one that ends amid a request partial_message, a header beyond the buffer's bound
// buffer_overflow.
boost::asio::awaitable<boost::system::error_code> read_header(Channel& channel,
                                                              boost::beast::flat_buffer& buffer,
                                                              RequestParser& parser);
boost::asio::awaitable<boost::system::error_code> read(Channel& channel,
                                                       boost::beast::flat_buffer& buffer,
                                                       RequestParser& parser);

// The header as it is.
boost::asio::awaitable<boost::system::error_code> write_header(Channel& channel,
                                                               const Response& response);
// The header with the body's length in it, and the body.
boost::asio::awaitable<boost::system::error_code> write(Channel& channel, Response& response);
// A piece of a chunked body; an empty one is its end.
boost::asio::awaitable<boost::system::error_code> write_chunk(Channel& channel,
                                                              std::string_view piece);

}  // namespace reachd::web
