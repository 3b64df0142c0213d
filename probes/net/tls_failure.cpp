#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <openssl/x509_vfy.h>

#include "probes/net/tls_watch.hpp"

namespace reachd::net {
namespace {

constexpr std::size_t kTextBytes = 200;

// As Go's crypto/tls words them: OONI's probes, and the rules of its data, know these.
constexpr std::array<std::pair<int, std::string_view>, 33> kAlerts{{
    {0, "close notify"},
    {10, "unexpected message"},
    {20, "bad record MAC"},
    {21, "decryption failed"},
    {22, "record overflow"},
    {30, "decompression failure"},
    {40, "handshake failure"},
    {42, "bad certificate"},
    {43, "unsupported certificate"},
    {44, "revoked certificate"},
    {45, "expired certificate"},
    {46, "unknown certificate"},
    {47, "illegal parameter"},
    {48, "unknown certificate authority"},
    {49, "access denied"},
    {50, "error decoding message"},
    {51, "error decrypting message"},
    {60, "export restriction"},
    {70, "protocol version not supported"},
    {71, "insufficient security level"},
    {80, "internal error"},
    {86, "inappropriate fallback"},
    {90, "user canceled"},
    {100, "no renegotiation"},
    {109, "missing extension"},
    {110, "unsupported extension"},
    {111, "certificate unobtainable"},
    {112, "unrecognized name"},
    {113, "bad certificate status response"},
    {114, "bad certificate hash value"},
    {115, "unknown PSK identity"},
    {116, "certificate required"},
    {120, "no application protocol"},
}};

std::string alert_name(int number) {
  for (const auto& [key, name] : kAlerts) {
    if (key == number) return std::string(name);
  }
  return "alert(" + std::to_string(number) + ")";
}

Failure failure_of_chain(long verify_result) {
  switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_EMAIL_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Word::ssl_invalid_hostname, {}};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return {Word::ssl_unknown_authority, {}};
    case X509_V_ERR_OUT_OF_MEM:
      return {Word::reachd_no_memory, {}};
    case X509_V_ERR_INVALID_CALL:
    case X509_V_ERR_STORE_LOOKUP:
      return {Word::reachd_internal, X509_verify_cert_error_string(verify_result)};
    default:
      return {Word::ssl_invalid_certificate, {}};
  }
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The reason out of "error:0A00010B:SSL routines::wrong version number", as one printable line.
std::string reason_of(std::string_view text) {
  if (const auto at = text.rfind("routines::"); at != std::string_view::npos) {
    text.remove_prefix(at + std::string_view("routines::").size());
  }
  std::string reason(text.substr(0, kTextBytes));
  std::ranges::replace_if(reason, [](char c) { return c < ' ' || c > '~'; }, '?');
  return reason;
}

// libcurl's, for a certificate of another name.
bool tells_of_name(std::string_view text) {
  return has(text, "certificate subject name") || has(text, "obtain common name");
}

// OpenSSL's, and libcurl's where it has no errno to tell of.
bool tells_of_end(std::string_view text) {
  return has(text, "unexpected eof") || has(text, "SSL_ERROR_SYSCALL");
}

}  // namespace

Failure tls_failure(const TlsWatch& watch, int error, bool eof, bool timeout,
                    const std::string& text) {
  if (timeout) return {Word::generic_timeout_error, {}};
  if (error != 0) {
    Failure failure = failure_from_errno(error);
    if (is_ours(failure)) return failure;
  }
  if (watch.verify_result() != X509_V_OK) return failure_of_chain(watch.verify_result());
  if (watch.refused()) {
    constexpr int kUnrecognizedName = 112;
    const int alert = watch.seen().alert;
    if (alert == kUnrecognizedName) return {Word::ssl_invalid_hostname, {}};
    return {Word::unknown_failure, "remote error: tls: " + alert_name(alert)};
  }
  // What was read before the connection broke says more than that it broke.
  if (tells_of_name(text)) return {Word::ssl_invalid_hostname, {}};
  if (has(text, "wrong version number") && !watch.seen().server_hello_seen) {
    return {Word::unknown_failure, "tls: first record does not look like a TLS handshake"};
  }
  if (error != 0) return failure_from_errno(error);
  if (tells_of_end(text) || (eof && text.empty())) return {Word::eof_error, {}};
  if (text.empty()) return {Word::ssl_failed_handshake, {}};
  return {Word::unknown_failure, "tls: " + reason_of(text)};
}

}  // namespace reachd::net
