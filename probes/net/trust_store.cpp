#include "probes/net/trust_store.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
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

TrustStore::TrustStore(X509_STORE* store) : store_(store, &X509_STORE_free) {
  // What the bundle names is trusted, whether or not it signed itself.
  if (store != nullptr) X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

boost::system::result<TrustStore, std::string> TrustStore::load(const std::string& ca_file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(ca_file.c_str(), "re"),
                                                             &std::fclose);
  if (!file) return "cannot open the trusted certificates " + ca_file + ": " + std::strerror(errno);
  TrustStore trust(X509_STORE_new());
  if (!trust.store_) return std::string("no memory for the trusted certificates");

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

TrustStore TrustStore::separate() const {
  TrustStore other(X509_STORE_new());
  if (!other.store_) throw std::bad_alloc();
  const STACK_OF(X509_OBJECT)* const objects = X509_STORE_get0_objects(native_handle());
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    const X509* const certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (certificate == nullptr) continue;
    unsigned char* bytes = nullptr;
    const int size = i2d_X509_AUX(certificate, &bytes);
    const unsigned char* from = bytes;
    X509* const copy = size > 0 ? d2i_X509_AUX(nullptr, &from, size) : nullptr;
    OPENSSL_free(bytes);
    const bool added = copy != nullptr && X509_STORE_add_cert(other.native_handle(), copy) == 1;
    X509_free(copy);
    if (!added) throw std::bad_alloc();
  }
  return other;
}

void TrustStore::install(SSL_CTX* context) const {
  SSL_CTX_set1_cert_store(context, store_.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, SSL_CTX_get_verify_callback(context));
}

}  // namespace reachd::net
