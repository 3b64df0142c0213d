// Why a step failed, in the words of OONI's data format (df-007), so that OONI's tools and people
// read them, and a metric label can carry them. Faults of our own are `reachd_*` and can never be
// evidence against anybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reachd {

enum class Word : std::uint8_t {
  // DNS
  dns_nxdomain_error,      // RCODE 3
  dns_no_answer,           // RCODE 0 without a record of the type asked for
  dns_refused_error,       // RCODE 5
  dns_servfail_error,      // RCODE 2
  dns_server_misbehaving,  // any other RCODE
  dns_reply_with_wrong_query_id,
  // time
  generic_timeout_error,  // our deadline passed
  timed_out,              // the kernel gave up: ETIMEDOUT
  // TCP
  connection_refused,
  connection_reset,
  connection_aborted,
  host_unreachable,
  network_unreachable,
  network_down,
  address_not_available,
  permission_denied,
  message_size,
  eof_error,  // the peer closed before the step was done
  // TLS
  ssl_invalid_hostname,     // certificate for another name, or alert 112 unrecognized_name
  ssl_unknown_authority,    // chain does not end in a trusted root
  ssl_invalid_certificate,  // expired, not yet valid, revoked, malformed
  ssl_failed_handshake,
  // HTTP
  http_invalid_redirect_location_host,
  // everything else that the network did, with its text
  unknown_failure,
  // ours
  reachd_cancelled,       // the round was called off
  reachd_no_descriptors,  // EMFILE, ENFILE
  reachd_no_memory,       // ENOMEM, ENOBUFS
  reachd_no_ports,        // EADDRNOTAVAIL, EADDRINUSE on our own side
  reachd_internal,        // a bug or a misuse of a library, with its text
};

struct Failure {
  Word word = Word::unknown_failure;
  std::string
      text;  // one line, only with unknown_failure and reachd_internal; no addresses of ours
  bool operator==(const Failure&) const = default;
};

std::string_view to_string(Word word);          // the bare word: what a metric label carries
std::string to_string(const Failure& failure);  // "unknown_failure: tls: wrong version number"
std::optional<Failure> parse_failure(
    std::string_view text);  // the inverse; unknown words become text

// True of faults of our own: they may never lead to `blocked`.
bool is_ours(const Failure& failure);

// From errno of a socket call. ECANCELED is ours.
Failure failure_from_errno(int error);

}  // namespace reachd
