// The certificates we trust, parsed once and shared by every connection: with Debian's defaults
// libcurl spends some 22 ms on the bundle for each one.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <boost/system/result.hpp>

namespace reachd::net {

class TrustStore {
 public:
  // Reads a PEM bundle. The error is a sentence.
  static boost::system::result<TrustStore, std::string> load(const std::string& ca_file);

  // The same certificates, parsed anew: a thread of its own then waits for nobody's locks. Throws
  // std::bad_alloc.
  TrustStore separate() const;

  // Makes `context` verify peers against this store, which stays shared.
  void install(SSL_CTX* context) const;
  X509_STORE* native_handle() const { return store_.get(); }

 private:
  explicit TrustStore(X509_STORE* store);
  std::shared_ptr<X509_STORE> store_;
};

}  // namespace reachd::net
