// Pure: a request and a snapshot in, a response out. Read-only: nothing that arrives changes the
// daemon. An answer to HEAD still holds its body here: the server sends its header only.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/board.hpp"
#include "daemon/web/history.hpp"

namespace reachd::web {

using Request = boost::beast::http::request<boost::beast::http::string_body>;

// Appends the next piece of a text, made from values of its own on whatever thread, to what the
// string holds; false if it was the last.
using LateText = std::function<bool(std::string&)>;

struct Response : boost::beast::http::response<boost::beast::http::string_body> {
  using message::message;
  // A body of megabytes is put together on the web server's thread, which sends it piece by piece:
  // if set, this is it, and body() is empty.
  LateText late_body;
  // What must be asked for before it is whole: if set, awaited on the daemon's loop. Holds all it
  // touches, or what outlives the server.
  std::function<boost::asio::awaitable<void>(Response&)> completion;
};

// What the routes look at.
struct Sources {
  const Board& board;
  std::function<LateText()> metrics_text;
  std::function<bool()> healthy;  // the loop turns and rounds complete
  std::function<WallTime()> now = std::chrono::system_clock::now;
  AskPast past;  // may be empty: then nothing is known of it
};

Response respond(const Request& request, const Sources& sources);

}  // namespace reachd::web
