#include "probes/net/tls_watch.hpp"

#include <utility>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "probes/net/certificate.hpp"
#include "probes/net/certificate_cache.hpp"

namespace reachd::net {

namespace {

// Where a connection keeps its watch: a context may serve many.
int watch_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

void TlsWatch::attach(SSL_CTX* context, std::string server_name) {
  seen_.server_name = std::move(server_name);
  SSL_CTX_set_msg_callback(context, &TlsWatch::message_callback);
  SSL_CTX_set_msg_callback_arg(context, this);
  SSL_CTX_set_cert_verify_callback(context, &TlsWatch::verify_callback, nullptr);
}

void TlsWatch::release(SSL* ssl) {
  SSL_set_msg_callback(ssl, nullptr);
  SSL_set_msg_callback_arg(ssl, nullptr);
  SSL_set_ex_data(ssl, watch_index(), nullptr);
  // Only a second handshake could miss it.
  SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
}

void TlsWatch::message_callback(int sent, int, int type, const void* data, std::size_t size,
                                SSL* ssl, void* self) noexcept {
  // Its first message is the ClientHello: the verification comes later and finds it here.
  SSL_set_ex_data(ssl, watch_index(), self);
  static_cast<TlsWatch*>(self)->on_message(sent != 0, type, static_cast<const unsigned char*>(data),
                                           size, ssl);
}

int TlsWatch::verify_callback(X509_STORE_CTX* store, void*) noexcept {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* watch =
      ssl == nullptr ? nullptr : static_cast<TlsWatch*>(SSL_get_ex_data(ssl, watch_index()));
  if (watch == nullptr) return X509_verify_cert(store);
  watch->on_chain(store);
  return watch->verify_result_ == X509_V_OK ? 1 : 0;
}

// Comes for record headers and inner content types too, which have numbers of their own.
void TlsWatch::on_message(bool sent, int type, const unsigned char* data, std::size_t size,
                          SSL* ssl) {
  if (type == SSL3_RT_HANDSHAKE && size >= 1) {
    on_handshake(sent, data[0], ssl);
  } else if (type == SSL3_RT_ALERT && size >= 2) {
    on_alert(sent, data[0], data[1], ssl);
  }
}

void TlsWatch::on_handshake(bool sent, int message, SSL* ssl) {
  if (finished_) return;
  ended_ = Clock::now();
  if (sent && message == SSL3_MT_CLIENT_HELLO) {
    // A second one answers a HelloRetryRequest.
    if (!seen_.client_hello_sent) began_ = ended_;
    seen_.client_hello_sent = true;
  } else if (!sent && message == SSL3_MT_SERVER_HELLO) {
    seen_.server_hello_seen = true;
  } else if (seen_.server_hello_seen) {
    note_negotiated(ssl);
  }
  if (message == SSL3_MT_FINISHED) (sent ? finished_sent_ : finished_received_) = true;
  finished_ = finished_sent_ && finished_received_;
}

void TlsWatch::on_alert(bool sent, int level, int number, SSL* ssl) {
  // After the handshake a close_notify is how good connections end.
  if (finished_ && number == SSL3_AD_CLOSE_NOTIFY) return;
  if (!finished_) ended_ = Clock::now();
  seen_.alert = number;
  seen_.alert_received = !sent;
  // TLS 1.3 has no warnings but the two that say goodbye.
  const bool goodbye = number == SSL3_AD_CLOSE_NOTIFY || number == TLS1_AD_USER_CANCELLED;
  const bool strict = seen_.server_hello_seen && SSL_version(ssl) == TLS1_3_VERSION;
  if (!sent && (level == SSL3_AL_FATAL || (strict && !goodbye))) refused_ = true;
}

void TlsWatch::on_chain(X509_STORE_CTX* store) {
  const auto now = std::chrono::system_clock::now();
  CertificateCache* const cache = CertificateCache::in_use();
  const auto* known = cache == nullptr ? nullptr : cache->find_valid(store, seen_.server_name, now);
  if (known != nullptr) {
    seen_.chain = known->chain;
    verify_result_ = X509_V_OK;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return;
  }
  // What the peer sent, leaf first, before anything is looked up or put in order.
  seen_.chain = read_chain(X509_STORE_CTX_get0_untrusted(store));
  const bool valid = X509_verify_cert(store) == 1;
  verify_result_ = X509_STORE_CTX_get_error(store);
  if (!valid && verify_result_ == X509_V_OK) verify_result_ = X509_V_ERR_UNSPECIFIED;
  if (verify_result_ == X509_V_OK && !seen_.server_name.empty()) {
    verify_result_ = check_name(X509_STORE_CTX_get0_cert(store), seen_.server_name);
  }
  if (verify_result_ == X509_V_OK) {
    if (cache != nullptr) cache->keep_valid(store, seen_.server_name, seen_.chain, now);
    return;
  }
  X509_STORE_CTX_set_error(store, static_cast<int>(verify_result_));
  seen_.verify_error = X509_verify_cert_error_string(verify_result_);
}

void TlsWatch::note_negotiated(SSL* ssl) {
  seen_.version = SSL_get_version(ssl);
  if (const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl); cipher != nullptr) {
    const char* const name = SSL_CIPHER_standard_name(cipher);
    seen_.cipher = name != nullptr ? name : SSL_CIPHER_get_name(cipher);
  }
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (protocol != nullptr) seen_.alpn.assign(reinterpret_cast<const char*>(protocol), size);
}

}  // namespace reachd::net
