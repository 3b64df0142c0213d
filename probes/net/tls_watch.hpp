// Watches one TLS handshake from inside OpenSSL, libcurl's or our own: every handshake message and
// alert, the chain as the peer sent it even when it does not verify, what was negotiated.
#pragma once

#include <openssl/ssl.h>

#include "probes/observation.hpp"

namespace reachd::net {

class TlsWatch {
 public:
  TlsWatch() = default;
  TlsWatch(const TlsWatch&) = delete;
  TlsWatch& operator=(const TlsWatch&) = delete;

  // Hooks into a context that serves one connection. The watch must outlive the context's use.
  void attach(SSL_CTX* context);

  const TlsSeen& seen() const { return seen_; }
  bool finished() const { return finished_; }                  // both Finished messages went by
  Clock::time_point began() const { return began_; }           // the ClientHello was written
  Clock::time_point ended() const { return ended_; }           // the last handshake message or alert
  long verify_result() const { return verify_result_; }        // X509_V_ERR_*, X509_V_OK

 private:
  void on_message(bool sent, int type, const unsigned char* data, std::size_t size, SSL* ssl);
  void on_chain(X509_STORE_CTX* store);

  TlsSeen seen_;
  bool finished_ = false;
  bool finished_sent_ = false;
  bool finished_received_ = false;
  Clock::time_point began_{};
  Clock::time_point ended_{};
  long verify_result_ = X509_V_OK;
};

// What a handshake that ended without success is called. `error` is the errno of the socket (0: none),
// `eof` whether the peer closed, `timeout` whether the deadline passed.
Failure tls_failure(const TlsWatch& watch, int error, bool eof, bool timeout, const std::string& text);

}  // namespace reachd::net
