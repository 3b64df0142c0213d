// How a connection that cannot go on is ended, so that its client learns why: shared by the
// daemon's own server and by the helper's.
#pragma once

#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>

#include "daemon/web/channel.hpp"
#include "daemon/web/routes.hpp"

namespace reachd::web {

// What to tell a client whose request could not be read; nullopt if it went away or ran out of
// time. `too_large` says what is wrong with a body beyond the limit.
std::optional<Response> complaint(boost::system::error_code error, std::string_view too_large);

// After a handshake that failed so: a client that speaks plain HTTP is told so, others have had
// their alert.
boost::asio::awaitable<void> explain(boost::beast::tcp_stream& stream,
                                     boost::system::error_code failure);

// Closing while bytes of the client are unread would reset the connection and could take our last
// answer away from it: our side is ended first, then the client has two seconds to end its own.
boost::asio::awaitable<void> part(Channel& channel);

}  // namespace reachd::web
