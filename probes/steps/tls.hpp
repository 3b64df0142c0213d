// The step that does a TLS handshake over a connection that is open already, for everything but
// HTTP (there libcurl shakes hands itself; both are watched by net/tls_watch).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"
#include "probes/steps/connect.hpp"

namespace reachd::steps {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

struct TlsOptions {
  std::string server_name;  // sent as SNI and proven by the certificate; an address is proven only
  std::vector<std::string> alpn;  // offered, may be empty
};

struct Secured {
  Observation observation;  // stage tls, TlsSeen: filled as far as it went, chain included
  std::unique_ptr<TlsStream> stream;  // null on failure
  std::optional<TcpInfo> tcp_info;    // on failure: taken just before the connection was closed
};

boost::asio::awaitable<Secured> secure(net::WayOut& way, const Attempt& attempt,
                                       boost::asio::ip::tcp::socket socket, TlsOptions options);

}  // namespace reachd::steps
