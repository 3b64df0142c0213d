// What is asked of a client's certificate.
#pragma once

#include <string>
#include <vector>

#include <openssl/x509.h>
#include <boost/asio/ssl/context.hpp>

#include "config/web_access.hpp"

namespace reachd::web {

// Whether the certificate bears one of the names, addresses, mail addresses or URIs, to the letter:
// a wildcard in it is a name like any other.
bool bears_one_of(X509* certificate, const std::vector<std::string>& names);

// Makes handshakes under `context` fail whose client does not have what is asked of it.
void demand_certificate(boost::asio::ssl::context& context, ClientAuth auth,
                        std::vector<std::string> allowed);

}  // namespace reachd::web
