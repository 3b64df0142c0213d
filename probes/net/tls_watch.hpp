// Watches one TLS handshake from inside OpenSSL, libcurl's or our own: every handshake message and
// alert, the chain as the peer sent it even when it does not verify, what was negotiated. It looks
// only: never changes what is offered, and refuses no more than the verification it was asked for.
#pragma once

#include <string>

#include <openssl/ssl.h>

#include "probes/observation.hpp"

namespace reachd::net {

class TlsWatch {
 public:
  TlsWatch() = default;
  TlsWatch(const TlsWatch&) = delete;
  TlsWatch& operator=(const TlsWatch&) = delete;

  // Hooks into a context for the next connection that is made of it. The watch must outlive that
  // connection, or be released from it first. Verify mode and store stay as they are. With a server
  // name (or address) the leaf must also be for it, by its alternative names alone: verification
  // then fails with X509_V_ERR_HOSTNAME_MISMATCH (IP_ADDRESS_MISMATCH). Without one the names are
  // for the caller to compare, as libcurl does after the handshake. A chain that fails twice shows
  // OpenSSL's first fault: an unknown authority, then a date or signature, then the name.
  void attach(SSL_CTX* context, std::string server_name = {});

  // Unhooks from a connection whose handshake is over, so that it may outlive the watch.
  static void release(SSL* ssl);

  const TlsSeen& seen() const { return seen_; }
  bool finished() const { return finished_; }         // both Finished messages went by
  bool refused() const { return refused_; }           // a fatal alert came from the peer
  Clock::time_point began() const { return began_; }  // the ClientHello was written
  // The last handshake message or alert of the handshake; what comes after both Finished (tickets,
  // new keys, the goodbye) does not move it.
  Clock::time_point ended() const { return ended_; }
  long verify_result() const { return verify_result_; }  // X509_V_ERR_*, X509_V_OK

 private:
  static void message_callback(int sent, int version, int type, const void* data, std::size_t size,
                               SSL* ssl, void* self) noexcept;
  static int verify_callback(X509_STORE_CTX* store, void*) noexcept;
  void on_message(bool sent, int type, const unsigned char* data, std::size_t size, SSL* ssl);
  void on_handshake(bool sent, int message, SSL* ssl);
  void on_alert(bool sent, int level, int number, SSL* ssl);
  void on_chain(X509_STORE_CTX* store);
  void note_negotiated(SSL* ssl);

  TlsSeen seen_;
  bool finished_ = false;
  bool finished_sent_ = false;
  bool finished_received_ = false;
  bool refused_ = false;
  Clock::time_point began_{};
  Clock::time_point ended_{};
  long verify_result_ = X509_V_OK;
};

// What a handshake that ended without success is called. `error` is the errno of the socket (0:
// none), `eof` whether the peer closed, `timeout` whether the deadline passed, `text` OpenSSL's or
// libcurl's words, if any. Where libcurl itself found the name wrong the verify result is X509_V_OK
// and the text says it; that is ssl_invalid_hostname too.
Failure tls_failure(const TlsWatch& watch, int error, bool eof, bool timeout,
                    const std::string& text);

}  // namespace reachd::net
