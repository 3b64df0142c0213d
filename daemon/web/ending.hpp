// How a connection that cannot go on is ended, so that its client learns why: shared by the
// daemon's own server and by the helper's.
#pragma once

#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>

#include "daemon/web/routes.hpp"

namespace reachd::web {

// What to tell a client whose request could not be read; nullopt if it went away or ran out of
// time. `too_large` says what is wrong with a body beyond the limit.
std::optional<Response> complaint(boost::system::error_code error, std::string_view too_large);

// Closing while bytes of the client are unread would reset the connection and could take our last
// answer away from it: our side is ended first, then the client has two seconds to end its own.
boost::asio::awaitable<void> linger(boost::beast::tcp_stream& stream);

}  // namespace reachd::web
