#include "probes/judge/tls_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/outside.hpp"
#include "probes/judge/trials.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

// How a handshake ended, as far as it matters who ended it.
enum class End : std::uint8_t { fine, reset, silence, closed, alert, certificate, other };

End end_of(const Facts& facts, const Connection& connection) {
  if (connection.tls < 0 || connection.failed_step != connection.tls) return End::fine;
  const TlsSeen* seen = facts.tls(connection.tls);
  switch (*facts.word(connection.tls)) {
    case Word::connection_reset:
    case Word::connection_aborted:
      return End::reset;
    case Word::generic_timeout_error:
    case Word::timed_out:
      return End::silence;
    case Word::eof_error:
      return End::closed;
    case Word::ssl_unknown_authority:
    case Word::ssl_invalid_certificate:
      return End::certificate;
    case Word::ssl_invalid_hostname:
      return seen != nullptr && seen->alert_received ? End::alert : End::certificate;
    default:
      return seen != nullptr && seen->alert_received ? End::alert : End::other;
  }
}

std::string family_of(End end) {
  switch (end) {
    case End::reset:
      return "tls.reset";
    case End::silence:
      return "tls.timeout";
    case End::closed:
      return "tls.eof";
    case End::alert:
      return "tls.alert";
    case End::fine:
    case End::certificate:
    case End::other:
      break;
  }
  return "tls";
}

// The deepest node without knowing what the name has to do with it.
std::string general_kind(End end) {
  const bool has_other = end == End::reset || end == End::silence;
  return family_of(end) + (has_other ? ".other" : "");
}

Finding finding(const Connection& connection, Status status, std::string kind, Locus locus,
                const std::vector<int>& more = {}) {
  Finding made{status, {std::move(kind)}, locus, {connection.failed_step}, {}, 0};
  made.evidence.insert(made.evidence.end(), more.begin(), more.end());
  return made;
}

bool is_cut(End end) {
  return end == End::reset || end == End::silence || end == End::closed || end == End::alert;
}

// Nobody ever acknowledged the ClientHello: it was dropped on the way, over and over.
bool hello_dropped(const Facts& facts, const Connection& connection) {
  const TcpSeen* tcp = facts.tcp(connection.tcp);
  return tcp != nullptr && tcp->info && tcp->info->bytes_acked <= 1 && tcp->info->unacked > 0 &&
         tcp->info->retransmits >= 2;
}

// The ClientHello arrived: what is missing is the server's answer, which may be its own doing.
bool hello_arrived(const Facts& facts, const Connection& connection) {
  const TcpSeen* tcp = facts.tcp(connection.tcp);
  return tcp != nullptr && tcp->info && tcp->info->bytes_acked > 1;
}

// Passed swaps that outweigh: a single failure among passes with the target's own name is chance.
bool swap_proves(const Trial& swaps, const Trial& retries) {
  if (swaps.passed == 0 || swaps.failed > 0) return false;
  return retries.passed == 0 || (retries.failed >= 1 && swaps.passed >= 2);
}

std::vector<int> both(const Trial& left, const Trial& right) {
  std::vector<int> evidence = left.evidence;
  evidence.insert(evidence.end(), right.evidence.begin(), right.evidence.end());
  return evidence;
}

Match reset_too_early(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (end != End::reset || !faster_than_path(facts, connection)) return {};
  const Trial swaps = swaps_of(facts, connection, Purpose::sni_swap);
  const std::string kind = swaps.passed > 0 && swaps.failed == 0   ? "tls.reset.sni"
                           : swaps.failed > 0 && swaps.passed == 0 ? "tls.reset.ip"
                                                                   : "tls.reset.other";
  Finding made = finding(connection, Status::blocked, kind, Locus::network, swaps.evidence);
  made.evidence.push_back(connection.tcp);
  return made;
}

Match outside_fails(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (end == End::fine || outside_of(facts, connection, Stage::tls) != Outside::fails) return {};
  if (end != End::certificate) {
    return finding(connection, Status::down, general_kind(end), Locus::server, proxy_steps(facts));
  }
  const Word word = *facts.word(connection.tls);
  const char* kind = word == Word::ssl_invalid_certificate ? "cert.expired"
                     : word == Word::ssl_invalid_hostname  ? "cert.name"
                                                           : "cert.untrusted";
  return finding(connection, Status::down, kind, Locus::server, proxy_steps(facts));
}

// The target's name fails and an innocent one passes at the same place.
template <End kHow>
Match swap_passes(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (end != kHow) return {};
  const Trial swaps = swaps_of(facts, connection, Purpose::sni_swap);
  const Trial retries = retries_of(facts, connection, Stage::tls);
  if (!swap_proves(swaps, retries)) return {};
  const std::string kind = family_of(end) + ".sni";
  const bool outside_fine = outside_of(facts, connection, Stage::tls) == Outside::fine;
  // Servers close on names they do not serve, and take their time; nobody resets by mistake.
  const bool telling =
      end == End::reset || (end == End::silence && hello_dropped(facts, connection));
  Status status = Status::impaired;
  if (outside_fine) {
    status = seen_before(facts, kind) ? Status::blocked : Status::likely_blocked;
  } else if (telling) {
    status = Status::likely_blocked;
  }
  return finding(connection, status, kind, Locus::network, both(swaps, retries));
}

Match works_at_second_try(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (!is_cut(end)) return {};
  const Trial retries = retries_of(facts, connection, Stage::tls);
  if (retries.passed == 0) return {};
  return finding(connection, Status::impaired, general_kind(end), Locus::unknown, retries.evidence);
}

// Any name fails there. Resets have a doer; silence may be a hole on the way for large packets.
Match swap_fails(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (!is_cut(end)) return {};
  const Trial swaps = swaps_of(facts, connection, Purpose::sni_swap);
  if (swaps.failed == 0 || swaps.passed > 0) return {};
  const bool outside_fine = outside_of(facts, connection, Stage::tls) == Outside::fine;
  const std::string kind = end == End::reset ? "tls.reset.ip" : general_kind(end);
  Status status = Status::impaired;
  if (outside_fine && end == End::reset) {
    status = seen_before(facts, kind) ? Status::blocked : Status::likely_blocked;
  }
  return finding(connection, status, status == Status::impaired ? general_kind(end) : kind,
                 status == Status::impaired ? Locus::unknown : Locus::network, swaps.evidence);
}

// A line that loses a packet in four makes handshakes fail at random; not three rounds in a row. A
// line that belongs to no series is judged by itself.
Match silent_not_long_yet(const Facts& facts, const Connection& connection) {
  const Measurement& measurement = facts.measurement;
  if (end_of(facts, connection) != End::silence || measurement.target.empty()) return {};
  if (outside_of(facts, connection, Stage::tls) != Outside::fine) return {};
  if (silent_handshakes(measurement.past) >= kSilentRoundsBefore) return {};
  return finding(connection, Status::impaired, general_kind(End::silence), Locus::unknown);
}

Match cut_only_here(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (!is_cut(end) || outside_of(facts, connection, Stage::tls) != Outside::fine) return {};
  if (end == End::silence && hello_arrived(facts, connection)) return {};
  return finding(connection, Status::likely_blocked, general_kind(end), Locus::network);
}

std::string forged_kind(const Facts& facts, const Connection& connection) {
  const TlsSeen* seen = facts.tls(connection.tls);
  if (*facts.word(connection.tls) != Word::ssl_unknown_authority) return "tls.mitm";
  const bool self_signed = seen != nullptr && !seen->chain.empty() &&
                           !seen->chain.front().subject.empty() &&
                           seen->chain.front().subject == seen->chain.front().issuer;
  return self_signed ? "tls.mitm.self_signed" : "tls.mitm.untrusted_ca";
}

// Whether our own trust store was seen to work in this very round.
bool trust_works(const Facts& facts) {
  return facts.vantage.trust_vouched ||
         std::ranges::any_of(facts.connections, [&](const Connection& other) {
           return other.tls >= 0 && !facts.word(other.tls);
         });
}

// A certificate that is wrong here, where the outside sees a valid one at the same place. One that
// has only run out is an edge that was forgotten, or our clock.
Match certificate_only_here(const Facts& facts, const Connection& connection) {
  if (end_of(facts, connection) != End::certificate) return {};
  if (outside_of(facts, connection, Stage::tls) != Outside::fine) return {};
  if (facts.word(connection.tls) == Word::ssl_invalid_certificate) return {};
  const bool same_place =
      outside_of_endpoint(facts, connection, Stage::tls) == Outside::fine && trust_works(facts);
  return finding(connection, same_place ? Status::blocked : Status::likely_blocked,
                 forged_kind(facts, connection), Locus::network);
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

const Certificate* leaf_of(const Facts& facts, const Connection& connection) {
  const TlsSeen* seen = facts.tls(connection.tls);
  if (seen == nullptr || seen->chain.empty() || facts.word(connection.tls)) return nullptr;
  return connection.depth == 0 ? &seen->chain.front() : nullptr;
}

Finding of_certificate(const Connection& connection, Status status) {
  return {status, {"tls.mitm.ca_signed"}, Locus::network, {connection.tls}, {}, 0};
}

// Sites that have nothing in common do not have their issuer in common either, all of them.
bool signs_for_all(const Facts& facts, const std::string& issuer) {
  constexpr int kSites = 2;
  int alike = 0;
  for (const ControlResult& control : facts.measurement.controls) {
    if (control.issuer.empty()) continue;
    if (control.issuer != issuer) return false;
    ++alike;
  }
  return alike >= kSites;
}

Match not_pinned(const Facts& facts, const Connection& connection) {
  const Certificate* leaf = leaf_of(facts, connection);
  const auto& pinned = facts.measurement.past.pinned;
  if (leaf == nullptr || pinned.empty()) return {};
  const bool found = std::ranges::any_of(
      facts.tls(connection.tls)->chain,
      [&](const Certificate& certificate) { return holds(pinned, certificate.key_sha256); });
  if (found) return {};
  Finding made = of_certificate(connection, Status::blocked);
  if (signs_for_all(facts, leaf->issuer)) {
    // A box of whoever runs this machine or its line, that is trusted to look into all that passes.
    made.status = Status::impaired;
    made.locus = Locus::local;
  }
  return made;
}

// Who signs, of a distinguished name: an authority changes its intermediates every few months and
// keeps its name. The whole where it names no organisation.
std::string organisation_of(const std::string& name) {
  const std::size_t at = name.starts_with("O=") ? 0 : name.find(",O=");
  if (at == std::string::npos) return name;
  const std::size_t from = name.find('=', at) + 1;
  return name.substr(from, name.find(',', from) - from);
}

Match new_issuer(const Facts& facts, const Connection& connection) {
  const Certificate* leaf = leaf_of(facts, connection);
  const Past& past = facts.measurement.past;
  if (leaf == nullptr || past.issuers.empty() || !past.pinned.empty()) return {};
  if (holds(past.keys, leaf->key_sha256)) return {};
  const std::string signer = organisation_of(leaf->issuer);
  const bool known = std::ranges::any_of(
      past.issuers, [&](const std::string& issuer) { return organisation_of(issuer) == signer; });
  if (known) return {};
  return of_certificate(connection, Status::impaired);
}

Match failed(const Facts& facts, const Connection& connection) {
  const End end = end_of(facts, connection);
  if (end == End::fine) return {};
  if (end == End::certificate) {
    return finding(connection, Status::impaired, "tls", Locus::unknown);
  }
  return finding(connection, Status::impaired, general_kind(end), Locus::unknown);
}

constexpr std::array kRules{
    Rule<Connection>{"tls.reset.faster_than_path", "science 4.4a",
                     "reset sooner than anything can have come from the server", reset_too_early},
    Rule<Connection>{"tls.outside_fails", "science 4.4e",
                     "the outside does not get through the handshake either", outside_fails},
    Rule<Connection>{"tls.reset.swap_ok", "science 4.4a",
                     "the target's name is reset where an innocent one passes",
                     swap_passes<End::reset>},
    Rule<Connection>{"tls.timeout.swap_ok", "science 4.4c",
                     "the target's name meets silence where an innocent one passes",
                     swap_passes<End::silence>},
    Rule<Connection>{"tls.eof.swap_ok", "science 4.4a",
                     "the connection is closed on the target's name, not on an innocent one",
                     swap_passes<End::closed>},
    Rule<Connection>{"tls.alert.swap_ok", "science 4.4a",
                     "the target's name gets an alert where an innocent one passes",
                     swap_passes<End::alert>},
    Rule<Connection>{"tls.second_try", "science 2.1", "a further try got through the handshake",
                     works_at_second_try},
    Rule<Connection>{"tls.any_name_fails", "science 4.4b", "an innocent name fails there as well",
                     swap_fails},
    Rule<Connection>{"tls.timeout.not_long_yet", "science 2.1",
                     "silence here, the outside gets through; it has not lasted three rounds yet",
                     silent_not_long_yet},
    Rule<Connection>{"tls.outside_ok", "science 4.8",
                     "cut off here, the outside gets through the handshake", cut_only_here},
    Rule<Connection>{"tls.mitm.outside_valid", "science 4.4d",
                     "a wrong certificate here, the outside sees a valid one",
                     certificate_only_here},
    Rule<Connection>{"tls.mitm.not_pinned", "science 1.3",
                     "valid, but by none of the keys that are pinned", not_pinned},
    Rule<Connection>{"tls.mitm.new_issuer", "science 1.3",
                     "valid, but by an issuer that never signed for the target before", new_issuer},
    Rule<Connection>{"tls.failed", "science 4.8", "the handshake failed", failed},
};

}  // namespace

std::span<const Rule<Connection>> tls_rules() {
  return kRules;
}

}  // namespace reachd
