#include "daemon/web/tls_context.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>

#include "config/text_file.hpp"
#include "daemon/secret.hpp"
#include "daemon/web/client_certificate.hpp"

namespace reachd::web {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

using Made = boost::system::result<TlsContext, TlsFault>;
using Done = boost::system::result<void, TlsFault>;

constexpr std::size_t kLongestPem = 4 * 1024 * 1024;  // a whole trust store has 250 KiB

Done refuse(NamedFile file, const char* key, std::string why) {
  return Done(boost::system::in_place_error, TlsFault{std::move(file), key, std::move(why)});
}

boost::system::result<std::string, TlsFault> read_pem(const NamedFile& file, const char* key) {
  auto text = read_text_file(place_of(file.path), kLongestPem);
  if (text) return std::move(*text);
  return TlsFault{file, key, "cannot be read: " + text.error()};
}

Done use_certificate(asio::ssl::context& context, const WebTls& tls) {
  constexpr const char* kKey = "cert_file";
  const auto text = read_pem(tls.certificate, kKey);
  if (!text) return text.error();
  error_code error;
  context.use_certificate_chain(asio::buffer(*text), error);
  if (error) {
    return refuse(tls.certificate, kKey, "is no certificate in PEM: " + error.message());
  }
  return {};
}

Done use_key(asio::ssl::context& context, const WebTls& tls) {
  constexpr const char* kKey = "key_file";
  const auto text = read_pem(tls.key, kKey);
  if (!text) return text.error();
  // Without an answer of our own, OpenSSL would ask whoever sits at the terminal.
  context.set_password_callback(
      [](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
  error_code error;
  context.use_private_key(asio::buffer(*text), asio::ssl::context::pem, error);
  const bool other =
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH;
  if (error && !other) {
    return refuse(tls.key, kKey, "is no key in PEM, or one under a password: " + error.message());
  }
  if (other || SSL_CTX_check_private_key(context.native_handle()) != 1) {
    ERR_clear_error();
    return refuse(tls.key, kKey, "does not fit the certificate in " + tls.certificate.path);
  }
  return {};
}

// Those who may sign clients, both as what is trusted and as what a client is told.
Done use_client_ca(SSL_CTX* context, const NamedFile& file) {
  constexpr const char* kKey = "client_ca_file";
  const auto text = read_pem(file, kKey);
  if (!text) return text.error();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(
      BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), &BIO_free);
  int found = 0;
  while (bytes != nullptr) {
    const std::unique_ptr<X509, decltype(&X509_free)> authority(
        PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr), &X509_free);
    if (authority == nullptr) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get());
    SSL_CTX_add_client_CA(context, authority.get());
    ++found;
  }
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  if (found == 0) return refuse(file, kKey, "holds no certificate in PEM");
  return {};
}

int version_of(TlsVersion version) {
  return version == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

Done set_algorithms(SSL_CTX* context, const WebTls& tls) {
  SSL_CTX_set_min_proto_version(context, version_of(tls.least));
  SSL_CTX_set_max_proto_version(context, version_of(tls.most));
  const bool fine =
      (tls.suites12.empty() || SSL_CTX_set_cipher_list(context, tls.suites12.c_str()) == 1) &&
      (tls.suites13.empty() || SSL_CTX_set_ciphersuites(context, tls.suites13.c_str()) == 1);
  if (!fine) return refuse({}, "cipher_suites", "holds what this machine's OpenSSL does not have");
  std::string groups = tls.groups;
  if (!groups.empty() && SSL_CTX_set1_groups_list(context, groups.data()) != 1) {
    return refuse({}, "curve_preferences", "holds what this machine's OpenSSL does not have");
  }
  return {};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr std::array<unsigned char, 9> kOurs{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* out = nullptr;
  if (SSL_select_next_proto(&out, length, kOurs.data(), kOurs.size(), offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = out;
  return SSL_TLSEXT_ERR_OK;
}

void set_habits(SSL_CTX* context, const WebTls& tls) {
  std::uint64_t options = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET;
  if (tls.server_prefers) options |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

Done equip(asio::ssl::context& context, const WebTls& tls) {
  set_habits(context.native_handle(), tls);
  Done done = set_algorithms(context.native_handle(), tls);
  if (done) done = use_certificate(context, tls);
  if (done) done = use_key(context, tls);
  if (done && !tls.client_ca.path.empty()) {
    done = use_client_ca(context.native_handle(), tls.client_ca);
  }
  if (done) demand_certificate(context, tls.client_auth, tls.client_sans);
  return done;
}

}  // namespace

std::string to_string(const TlsFault& fault) {
  return (fault.file.path.empty() ? fault.key : fault.file.path) + " " + fault.why;
}

Made make_tls_context(const WebTls& tls) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  const Done done = equip(*context, tls);
  if (!done) return done.error();
  return context;
}

}  // namespace reachd::web
