#include "probes/net/certificate.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "probes/text.hpp"

namespace reachd::net {
namespace {

constexpr int kCertificates = 10;
constexpr std::size_t kCertificateBytes = 64 * 1024;
constexpr std::size_t kChainBytes = 256 * 1024;
constexpr std::size_t kNameBytes = 512;

// RFC 2253, with control characters and all beyond ASCII escaped.
std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  if (size <= 0) return {};
  return std::string(text, std::min(static_cast<std::size_t>(size), kNameBytes));
}

// Of the SubjectPublicKeyInfo, as HPKP pinned it; "" if it cannot be encoded.
std::string key_digest(X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
  if (size <= 0) return {};
  std::string digest =
      sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return digest;
}

std::optional<Certificate> read(X509* x509, std::size_t room) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  if (size <= 0) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(size);
  Certificate certificate;
  if (bytes <= room) certificate.der.assign(reinterpret_cast<const char*>(der), bytes);
  OPENSSL_free(der);
  if (certificate.der.empty()) return std::nullopt;
  certificate.subject = text_of(X509_get_subject_name(x509));
  certificate.issuer = text_of(X509_get_issuer_name(x509));
  certificate.not_before = seconds_of(X509_get0_notBefore(x509));
  certificate.not_after = seconds_of(X509_get0_notAfter(x509));
  certificate.key_sha256 = key_digest(x509);
  return certificate;
}

}  // namespace

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

std::vector<Certificate> read_chain(const STACK_OF(X509) * chain) {
  std::vector<Certificate> read_ones;
  std::size_t room = kChainBytes;
  const int count = std::min(sk_X509_num(chain), kCertificates);
  for (int i = 0; i < count; ++i) {
    auto certificate = read(sk_X509_value(chain, i), std::min(room, kCertificateBytes));
    if (!certificate) break;
    room -= certificate->der.size();
    read_ones.push_back(std::move(*certificate));
  }
  return read_ones;
}

int check_name(X509* leaf, const std::string& name) {
  // -2: not an address
  if (const int match = X509_check_ip_asc(leaf, name.c_str(), 0); match != -2) {
    return match == 1 ? X509_V_OK : X509_V_ERR_IP_ADDRESS_MISMATCH;
  }
  constexpr unsigned kFlags =
      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  const bool match = X509_check_host(leaf, name.data(), name.size(), kFlags, nullptr) == 1;
  return match ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
}

}  // namespace reachd::net
