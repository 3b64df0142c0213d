#include "probes/judge/tcp_rules.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "probes/judge/outside.hpp"
#include "probes/judge/trials.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

constexpr std::uint16_t kMailPort = 25;
constexpr std::string_view kSecondTry = "tcp.second_try";

bool is_timeout(Word word) {
  return word == Word::generic_timeout_error || word == Word::timed_out;
}

bool is_unreachable(Word word) {
  return word == Word::host_unreachable || word == Word::network_unreachable ||
         word == Word::permission_denied || word == Word::address_not_available ||
         word == Word::network_down;
}

Family family_of(const Connection& connection) {
  return is_ipv6(connection.peer) ? Family::ipv6 : Family::ipv4;
}

// The word that the connect failed with; nothing if it did not.
std::optional<Word> connect_word(const Facts& facts, const Connection& connection) {
  return connection.failed_step == connection.tcp ? facts.word(connection.tcp) : std::nullopt;
}

std::string kind_of(Word word) {
  if (is_timeout(word)) return "tcp.timeout";
  if (is_unreachable(word)) return "ip.unreachable";
  if (word == Word::connection_refused) return "tcp.refused";
  return word == Word::connection_reset ? "tcp.reset" : "tcp";
}

Finding finding(const Connection& connection, Status status, std::string kind, Locus locus,
                const std::vector<int>& more = {}) {
  Finding made{status, {std::move(kind)}, locus, {connection.failed_step}, {}, 0};
  made.evidence.insert(made.evidence.end(), more.begin(), more.end());
  return made;
}

// Nothing to say of the target: a family that works for nobody here, or that has no way out.
Match no_way_from_here(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word) return {};
  const auto& broken = facts.vantage.broken;
  const bool family_broken = std::ranges::find(broken, family_of(connection)) != broken.end();
  const bool no_route = is_unreachable(*word) && is_ipv6(connection.peer);
  if (!family_broken && !no_route) return {};
  return Finding{Status::insufficient, {}, Locus::local, {connection.failed_step}, {}, 0};
}

// Further connections, in the same round, to the places that met the ladder with silence.
Trial tries_at_silent_places(const Facts& facts) {
  Trial tries;
  std::set<Endpoint> silent;
  for (const Connection& connection : facts.connections) {
    const auto word = connect_word(facts, connection);
    if (connection.purpose == Purpose::ladder && word && is_timeout(*word)) {
      silent.insert(connection.peer);
    }
  }
  for (const Connection& again : facts.connections) {
    const bool try_again =
        again.purpose == Purpose::retry || again.purpose == Purpose::connect_only;
    if (!try_again || again.tcp < 0 || !silent.contains(again.peer)) continue;
    (facts.word(again.tcp) ? tries.failed : tries.passed) += 1;
    tries.evidence.push_back(again.tcp);
  }
  return tries;
}

Match works_at_second_try(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word) return {};
  // One silent place that answers after all speaks for the others: a block does not tire.
  const Trial retries =
      is_timeout(*word) ? tries_at_silent_places(facts) : retries_of(facts, connection, Stage::tcp);
  if (retries.passed == 0) return {};
  return finding(connection, Status::impaired, kind_of(*connect_word(facts, connection)),
                 Locus::unknown, retries.evidence);
}

// Providers close it to all, lest their customers send spam.
Match closed_mail_port(const Facts& facts, const Connection& connection) {
  if (!connect_word(facts, connection) || connection.peer.port != kMailPort) return {};
  return finding(connection, Status::impaired, kind_of(*connect_word(facts, connection)),
                 Locus::unknown);
}

Match outside_fails(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || outside_of(facts, connection, Stage::tcp) != Outside::fails) return {};
  return finding(connection, Status::down, kind_of(*word), Locus::server, proxy_steps(facts));
}

// Other ports of the address that the outside connects to, and how they fare here.
struct Ports {
  int open = 0;
  int silent = 0;
  std::vector<int> evidence;
};
Ports other_ports(const Facts& facts, const Connection& connection) {
  Ports ports;
  for (const Connection& other : facts.connections) {
    if (other.peer.address != connection.peer.address || other.tcp < 0) continue;
    if (other.peer.port == connection.peer.port) continue;
    const auto word = facts.word(other.tcp);
    if (!word) {
      ++ports.open;
    } else if (is_timeout(*word) &&
               outside_of_endpoint(facts, other, Stage::tcp) == Outside::fine) {
      ++ports.silent;
    } else {
      continue;
    }
    ports.evidence.push_back(other.tcp);
  }
  return ports;
}

// Target and failure alternate: a server that will not take so many connections heals by itself,
// between rounds or within one.
bool comes_and_goes(const Facts& facts) {
  int changes = 0;
  bool failing = true;
  for (const PastRound& round : facts.measurement.past.rounds) {
    const auto& [status, kinds, rule] = *round.outcome;
    const bool fails = std::ranges::find(kinds, "tcp.timeout") != kinds.end();
    if (rule == kSecondTry) changes += 2;
    if (!fails && status != Status::ok) continue;
    changes += fails != failing;
    failing = fails;
  }
  return changes >= 3;
}

Match rate_limit(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !is_timeout(*word) || !comes_and_goes(facts)) return {};
  return finding(connection, Status::impaired, "server_side.ratelimit", Locus::unknown);
}

// Silence that outlasted rounds and patience. A line that belongs to no series has none before it,
// and is judged by itself.
bool lasts(const Facts& facts, const Connection& connection) {
  if (facts.measurement.target.empty()) return true;
  return silent_rounds(facts.measurement.past) >= kSilentRoundsBefore &&
         std::ranges::any_of(facts.connections, [&](const Connection& waited) {
           const auto word = facts.word(waited.tcp);
           return waited.purpose == Purpose::connect_only && word && is_timeout(*word) &&
                  waited.peer.port == connection.peer.port;
         });
}

// The outside gets through to the same endpoint, and the way abroad works.
bool only_here(const Facts& facts, const Connection& connection) {
  return outside_of(facts, connection, Stage::tcp) == Outside::fine;
}

Match blackhole(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !is_timeout(*word) || !only_here(facts, connection)) return {};
  const Ports ports = other_ports(facts, connection);
  if (ports.silent == 0 || ports.open > 0 || !lasts(facts, connection)) return {};
  std::vector<int> evidence = ports.evidence;
  std::ranges::copy(tries_at_silent_places(facts).evidence, std::back_inserter(evidence));
  return finding(connection, Status::likely_blocked, "ip.blackhole", Locus::network, evidence);
}

Match silent_only_here(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !is_timeout(*word) || !only_here(facts, connection)) return {};
  if (!lasts(facts, connection)) return {};
  std::vector<int> evidence = other_ports(facts, connection).evidence;
  std::ranges::copy(tries_at_silent_places(facts).evidence, std::back_inserter(evidence));
  return finding(connection, Status::likely_blocked, "tcp.timeout", Locus::network, evidence);
}

// The same, before it has lasted long enough to be told from a server that counts connections.
Match not_long_yet(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !is_timeout(*word) || !only_here(facts, connection)) return {};
  return finding(connection, Status::impaired, "tcp.timeout", Locus::unknown,
                 other_ports(facts, connection).evidence);
}

Match unreachable_only_here(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !is_unreachable(*word) || !only_here(facts, connection)) return {};
  return finding(connection, Status::likely_blocked, "ip.unreachable", Locus::network);
}

Match refused_only_here(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word || !only_here(facts, connection)) return {};
  if (*word != Word::connection_refused && *word != Word::connection_reset) return {};
  return finding(connection, Status::likely_blocked, "tcp.reset", Locus::network);
}

// Somebody out there spoke to us in this round: our own line cannot be all that is wrong.
bool line_works(const Facts& facts) {
  return facts.vantage.vouched || facts.measurement.helper ||
         std::ranges::any_of(facts.lookups,
                             [](const Lookup& lookup) { return !lookup.addresses.empty(); }) ||
         std::ranges::any_of(facts.connections, [&](const Connection& other) {
           return other.tcp >= 0 && !facts.word(other.tcp);
         });
}

Match failed(const Facts& facts, const Connection& connection) {
  const auto word = connect_word(facts, connection);
  if (!word) return {};
  const bool silence = is_timeout(*word) || is_unreachable(*word);
  const bool known = !silence || line_works(facts);
  return finding(connection, known ? Status::impaired : Status::insufficient, kind_of(*word),
                 Locus::unknown);
}

constexpr std::array kRules{
    Rule<Connection>{"tcp.no_way_from_here", "science 2.1",
                     "no connection of this family works from here", no_way_from_here},
    Rule<Connection>{"tcp.outside_fails", "science 4.3b", "the outside cannot connect there either",
                     outside_fails},
    Rule<Connection>{kSecondTry, "science 2.1", "a further try connected", works_at_second_try},
    Rule<Connection>{"tcp.mail_port", "science 4, M05", "providers close port 25 to everybody",
                     closed_mail_port},
    Rule<Connection>{"tcp.rate_limit", "science 5, N26",
                     "connections come and go, as with a server that counts them", rate_limit},
    Rule<Connection>{"ip.blackhole", "science 4.3a",
                     "several ports of the address are silent here, the outside connects",
                     blackhole},
    Rule<Connection>{"tcp.timeout.outside_ok", "science 4.3a",
                     "silence here, for three rounds and at a patient try; the outside connects",
                     silent_only_here},
    Rule<Connection>{"tcp.timeout.not_long_yet", "science 5, N26",
                     "silence here, the outside connects; it has not lasted three rounds yet",
                     not_long_yet},
    Rule<Connection>{"ip.unreachable.outside_ok", "science 1.2",
                     "a router says no here, the outside connects", unreachable_only_here},
    Rule<Connection>{"tcp.reset.outside_ok", "science 4.3b", "refused here, the outside connects",
                     refused_only_here},
    Rule<Connection>{"tcp.failed", "science 4.8", "no connection was made", failed},
};

}  // namespace

std::span<const Rule<Connection>> tcp_rules() {
  return kRules;
}

}  // namespace reachd
