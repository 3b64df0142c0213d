#include "probes/net/trust_store.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace reachd::net {
namespace {

// The last complaint of OpenSSL as text; leaves the queue empty.
std::string openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

}  // namespace

TrustStore::TrustStore(X509_STORE* store) : store_(store, &X509_STORE_free) {}

boost::system::result<TrustStore, std::string> TrustStore::load(const std::string& ca_file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(ca_file.c_str(), "re"),
                                                             &std::fclose);
  if (!file) return "cannot open the trusted certificates " + ca_file + ": " + std::strerror(errno);
  TrustStore trust(X509_STORE_new());
  if (!trust.store_) return std::string("no memory for the trusted certificates");

  // What the bundle names is trusted, whether or not it signed itself.
  X509_STORE_set_flags(trust.native_handle(), X509_V_FLAG_PARTIAL_CHAIN);
  ERR_clear_error();
  std::size_t count = 0;
  while (X509* const certificate = PEM_read_X509_AUX(file.get(), nullptr, nullptr, nullptr)) {
    const bool added = X509_STORE_add_cert(trust.native_handle(), certificate) == 1;
    X509_free(certificate);
    if (!added) return "cannot use a certificate of " + ca_file + ": " + openssl_error();
    ++count;
  }
  // The end of the file shows as "no start line"; anything else is a damaged certificate.
  const unsigned long error = ERR_peek_last_error();
  if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
    return "cannot read certificate " + std::to_string(count + 1) + " of " + ca_file + ": " +
           openssl_error();
  }
  ERR_clear_error();
  if (count == 0) return "no certificate in " + ca_file;
  return trust;
}

void TrustStore::install(SSL_CTX* context) const {
  SSL_CTX_set1_cert_store(context, store_.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, SSL_CTX_get_verify_callback(context));
}

}  // namespace reachd::net
