// The step that has a proxy open a connection to somewhere else: SOCKS5 (RFC 1928) or HTTP CONNECT
// (RFC 9110, 9.3.6). What comes out is a socket like any other: whatever the ladder does on a
// connection can be done through it.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "config/config.hpp"
#include "probes/net/way_out.hpp"
#include "probes/steps/connect.hpp"

namespace reachd::steps {

// Talks to the proxy until the attempt's deadline. `host` is resolved at the proxy's end. Nothing
// if the tunnel stands: the next byte on the socket then is the far end's. What the proxy says
// failed out there is in the words of that failure where it names one, else unknown_failure with
// its text.
boost::asio::awaitable<std::optional<Failure>> tunnel(net::WayOut& way, const Attempt& attempt,
                                                      boost::asio::ip::tcp::socket& socket,
                                                      ProxySettings::Kind kind, std::string host,
                                                      std::uint16_t port);

}  // namespace reachd::steps
