// The step that fetches one URL over a connection that is open already: TLS by libcurl where the
// scheme asks for it, then one request. Redirects are the ladder's business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"
#include "probes/steps/connect.hpp"

namespace reachd::steps {

struct HttpOptions {
  std::string url;  // absolute, ASCII host
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>>
      headers;  // added to the defaults, or replacing them
  std::vector<std::string>
      cookies;       // a jar of earlier hops: lines as CURLOPT_COOKIELIST takes them
  std::string body;  // sent with POST only
  std::size_t body_limit = 64 * 1024;
  // What the ClientHello says instead of the URL's host, while the request says the URL's. The
  // certificate is then not looked at: for comparing speeds, never for believing what comes.
  std::string innocent;
};

struct Fetched {
  std::unique_ptr<Observation> tls;   // https only
  std::unique_ptr<Observation> http;  // only if the request could be sent
  std::optional<TcpInfo> tcp_info;    // taken just before the connection was closed
  std::vector<std::string> cookies;   // the jar afterwards, at most 64 lines of at most 4 KiB
};

boost::asio::awaitable<Fetched> fetch(net::WayOut& way, const Attempt& attempt, net::Socket socket,
                                      HttpOptions options);

}  // namespace reachd::steps
