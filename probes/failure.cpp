#include "probes/failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace reachd {
namespace {

constexpr std::array<std::pair<Word, std::string_view>, 31> kWords{{
    {Word::dns_nxdomain_error, "dns_nxdomain_error"},
    {Word::dns_no_answer, "dns_no_answer"},
    {Word::dns_refused_error, "dns_refused_error"},
    {Word::dns_servfail_error, "dns_servfail_error"},
    {Word::dns_server_misbehaving, "dns_server_misbehaving"},
    {Word::dns_reply_with_wrong_query_id, "dns_reply_with_wrong_query_id"},
    {Word::generic_timeout_error, "generic_timeout_error"},
    {Word::timed_out, "timed_out"},
    {Word::connection_refused, "connection_refused"},
    {Word::connection_reset, "connection_reset"},
    {Word::connection_aborted, "connection_aborted"},
    {Word::host_unreachable, "host_unreachable"},
    {Word::network_unreachable, "network_unreachable"},
    {Word::network_down, "network_down"},
    {Word::address_not_available, "address_not_available"},
    {Word::permission_denied, "permission_denied"},
    {Word::message_size, "message_size"},
    {Word::eof_error, "eof_error"},
    {Word::ssl_invalid_hostname, "ssl_invalid_hostname"},
    {Word::ssl_unknown_authority, "ssl_unknown_authority"},
    {Word::ssl_invalid_certificate, "ssl_invalid_certificate"},
    {Word::ssl_failed_handshake, "ssl_failed_handshake"},
    {Word::http_invalid_redirect_location_host, "http_invalid_redirect_location_host"},
    {Word::unknown_failure, "unknown_failure"},
    {Word::reachd_cancelled, "reachd_cancelled"},
    {Word::reachd_no_descriptors, "reachd_no_descriptors"},
    {Word::reachd_no_memory, "reachd_no_memory"},
    {Word::reachd_no_ports, "reachd_no_ports"},
    {Word::reachd_internal, "reachd_internal"},
    // OONI spells the same two facts in more than one way; reading maps them onto ours.
    {Word::connection_reset, "network_reset"},
    {Word::reachd_cancelled, "interrupted"},
}};

}  // namespace

std::string_view to_string(Word word) {
  for (const auto& [key, text] : kWords) {
    if (key == word) return text;
  }
  return "unknown_failure";
}

std::string to_string(const Failure& failure) {
  std::string text{to_string(failure.word)};
  if (!failure.text.empty()) text += ": " + failure.text;
  return text;
}

std::optional<Failure> parse_failure(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (const auto& [word, name] : kWords) {
    if (text == name) return Failure{word, {}};
    if (text.starts_with(name) && text.substr(name.size()).starts_with(": ")) {
      return Failure{word, std::string(text.substr(name.size() + 2))};
    }
  }
  return Failure{Word::unknown_failure, std::string(text)};
}

bool is_ours(const Failure& failure) {
  return failure.word >= Word::reachd_cancelled;
}

Failure failure_from_errno(int error) {
  switch (error) {
    case ETIMEDOUT:
      return {Word::timed_out, {}};
    case ECONNREFUSED:
      return {Word::connection_refused, {}};
    case ECONNRESET:
    case ENETRESET:
    case EPIPE:
      return {Word::connection_reset, {}};  // a write after the peer's reset
    case ECONNABORTED:
      return {Word::connection_aborted, {}};
    case EHOSTUNREACH:
      return {Word::host_unreachable, {}};
    case ENETUNREACH:
      return {Word::network_unreachable, {}};
    case ENETDOWN:
      return {Word::network_down, {}};
    case EACCES:
    case EPERM:
      return {Word::permission_denied, {}};
    case EMSGSIZE:
      return {Word::message_size, {}};
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return {Word::reachd_no_ports, {}};
    case EMFILE:
    case ENFILE:
      return {Word::reachd_no_descriptors, {}};
    case ENOMEM:
    case ENOBUFS:
      return {Word::reachd_no_memory, {}};
    case ECANCELED:
      return {Word::reachd_cancelled, {}};
    default:
      return {Word::unknown_failure, std::strerror(error)};
  }
}

}  // namespace reachd
