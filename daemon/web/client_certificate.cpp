#include "daemon/web/client_certificate.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <boost/asio/ssl/verify_context.hpp>

namespace reachd::web {
namespace ssl = boost::asio::ssl;
namespace {

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_of(const ASN1_STRING* string) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int length = ASN1_STRING_length(string);
  if (length != 4 && length != 16) return {};
  ::inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(string), text.data(),
              text.size());
  return text.data();
}

std::string alternative_of(const GENERAL_NAME* name) {
  int type = 0;
  const void* const value = GENERAL_NAME_get0_value(name, &type);
  const auto* const string = static_cast<const ASN1_STRING*>(value);
  if (type == GEN_IPADD) return address_of(string);
  const bool textual = type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI;
  return textual ? text_of(string) : std::string();
}

}  // namespace

bool bears_one_of(X509* certificate, const std::vector<std::string>& names) {
  if (certificate == nullptr) return false;
  const auto release = [](GENERAL_NAMES* list) { GENERAL_NAMES_free(list); };
  const std::unique_ptr<GENERAL_NAMES, decltype(release)> alternatives(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      release);
  const int count = alternatives != nullptr ? sk_GENERAL_NAME_num(alternatives.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const std::string name = alternative_of(sk_GENERAL_NAME_value(alternatives.get(), i));
    if (!name.empty() && std::ranges::find(names, name) != names.end()) return true;
  }
  return false;
}

void demand_certificate(ssl::context& context, ClientAuth auth, std::vector<std::string> allowed) {
  if (auth == ClientAuth::none) return;
  const bool required = auth == ClientAuth::require_any || auth == ClientAuth::verify;
  const bool verifies = auth == ClientAuth::verify_if_given || auth == ClientAuth::verify;
  context.set_verify_mode(required ? ssl::verify_peer | ssl::verify_fail_if_no_peer_cert
                                   : ssl::verify_peer);
  if (!verifies) {
    context.set_verify_callback([](bool, ssl::verify_context&) { return true; });
    return;
  }
  // Called for each certificate of the chain, the client's own last.
  context.set_verify_callback(
      [allowed = std::move(allowed)](bool fine, ssl::verify_context& chain) {
        X509_STORE_CTX* const store = chain.native_handle();
        const bool own = X509_STORE_CTX_get_error_depth(store) == 0;
        if (!fine || !own || allowed.empty()) return fine;
        if (bears_one_of(X509_STORE_CTX_get_current_cert(store), allowed)) return true;
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return false;
      });
}

}  // namespace reachd::web
