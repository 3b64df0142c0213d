#include "daemon/helper/words.hpp"

namespace reachd::helper {
namespace {

bool is_timeout(Word word) {
  return word == Word::generic_timeout_error || word == Word::timed_out;
}

}  // namespace

std::string lookup_word(const std::optional<Failure>& failure) {
  if (!failure || failure->word == Word::dns_no_answer) return "";
  switch (failure->word) {
    case Word::dns_nxdomain_error:
      return "dns_name_error";
    case Word::dns_refused_error:
    case Word::dns_servfail_error:
    case Word::dns_server_misbehaving:
      return "dns_server_failure";
    default:
      return "unknown_error";
  }
}

std::string connect_word(const std::optional<Failure>& failure) {
  if (!failure) return "";
  if (is_timeout(failure->word)) return "generic_timeout_error";
  if (failure->word == Word::connection_refused) return "connection_refused_error";
  return "connect_error";
}

std::string handshake_word(const std::optional<Failure>& failure) {
  return failure ? to_string(*failure) : "";
}

std::string request_word(const Failure& failure) {
  if (is_timeout(failure.word)) return "generic_timeout_error";
  if (failure.word == Word::connection_refused) return "connection_refused_error";
  if (to_string(failure.word).starts_with("dns_")) return "dns_lookup_error";
  return "unknown_error";
}

}  // namespace reachd::helper
