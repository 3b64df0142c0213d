// Reads the certificates that a peer presents. They are hostile input: bounded in number and size,
// and a field that cannot be read stays empty.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <openssl/x509.h>

#include "probes/observation.hpp"

namespace reachd::net {

// The first 10, of at most 64 KiB each and 256 KiB together; ends before the first that is too
// large.
std::vector<Certificate> read_chain(const STACK_OF(X509) * chain);

// Since the epoch; 0 if it cannot be read.
std::int64_t seconds_of(const ASN1_TIME* time);

// X509_V_OK if one of the certificate's alternative names covers the name or address; the common
// name counts for nothing, as in today's browsers. Else the X509_V_ERR_* that says which is wrong.
int check_name(X509* leaf, const std::string& name);

}  // namespace reachd::net
