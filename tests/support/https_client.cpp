#include "tests/support/https_client.hpp"

#include <cerrno>
#include <csignal>

#include <openssl/err.h>
#include <openssl/x509.h>

namespace reachd::test {
namespace {

SslContext context_of(const HttpsOptions& options) {
  SslContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX* const raw = context.get();
  if (options.least < TLS1_2_VERSION) SSL_CTX_set_security_level(raw, 0);
  SSL_CTX_set_min_proto_version(raw, options.least);
  SSL_CTX_set_max_proto_version(raw, options.most);
  if (!options.suites12.empty()) SSL_CTX_set_cipher_list(raw, options.suites12.c_str());
  if (!options.ca_file.empty()) {
    SSL_CTX_load_verify_locations(raw, options.ca_file.c_str(), nullptr);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  }
  if (options.own != nullptr) {
    SSL_CTX_use_certificate_chain_file(raw, options.own->certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(raw, options.own->key_file.c_str(), SSL_FILETYPE_PEM);
  }
  std::string protocols;
  for (const std::string& protocol : options.protocols) {
    protocols += static_cast<char>(protocol.size());
    protocols += protocol;
  }
  if (!protocols.empty()) {
    SSL_CTX_set_alpn_protos(raw, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned int>(protocols.size()));
  }
  return context;
}

// OpenSSL writes with write(), which would end the test with a signal where the server has gone.
void block_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

HttpsClient::HttpsClient(std::uint16_t port, const HttpsOptions& options)
    : RawClient(port, 0, options.source),
      context_(context_of(options)),
      ssl_(SSL_new(context_.get()), &SSL_free) {
  block_sigpipe();
  SSL_set_fd(ssl_.get(), socket_);
  SSL_set_tlsext_host_name(ssl_.get(), "localhost");
  ERR_clear_error();
  secure_ = SSL_connect(ssl_.get()) == 1;
  if (!secure_) alert_ = ERR_GET_REASON(ERR_peek_last_error());
}

int HttpsClient::alert() const {
  return alert_;
}

bool HttpsClient::was_told_the_end() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string HttpsClient::protocol() const {
  const unsigned char* text = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &text, &length);
  return text == nullptr ? "" : std::string(reinterpret_cast<const char*>(text), length);
}

std::string HttpsClient::suite() const {
  return SSL_get_cipher_name(ssl_.get());
}

std::string HttpsClient::certificate() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

long HttpsClient::write_some(const char* bytes, std::size_t size) {
  return SSL_write(ssl_.get(), bytes, static_cast<int>(size));
}

// 0 where the server ended TLS or the connection.
long HttpsClient::read_some(char* bytes, std::size_t size) {
  ERR_clear_error();
  const int read = SSL_read(ssl_.get(), bytes, static_cast<int>(size));
  if (read > 0) return read;
  alert_ = ERR_GET_REASON(ERR_peek_last_error());
  return SSL_get_error(ssl_.get(), read) == SSL_ERROR_SYSCALL && errno == EAGAIN ? -1 : 0;
}

}  // namespace reachd::test
