// TLS as a server, for the daemon's page and for the helper: one way of making it. At least TLS
// 1.2, HTTP/1.1 by ALPN, no renegotiation, no resumption: each handshake looks at the client's
// certificate afresh.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/result.hpp>

#include "config/web_access.hpp"

namespace reachd::web {

struct TlsFault {
  NamedFile file;   // without a path if no file is at fault
  std::string key;  // what named it: "cert_file"
  std::string why;  // a sentence without the file's name
};
std::string to_string(const TlsFault& fault);  // "/etc/… cannot be read: …"

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Reads the files; each is looked for among the service's credentials first (see place_of()). The
// context must live as long as its connections: the callbacks are its.
boost::system::result<TlsContext, TlsFault> make_tls_context(const WebTls& tls);

}  // namespace reachd::web
