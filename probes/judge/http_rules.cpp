#include "probes/judge/http_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/known_page.hpp"
#include "probes/judge/outside.hpp"
#include "probes/judge/page_match.hpp"
#include "probes/judge/server_word.hpp"
#include "probes/judge/speed.hpp"
#include "probes/judge/trials.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

bool over_valid_tls(const Facts& facts, const Connection& connection) {
  return connection.tls >= 0 && !facts.word(connection.tls);
}

bool is_reset(Word word) {
  return word == Word::connection_reset || word == Word::connection_aborted;
}

bool is_timeout(Word word) {
  return word == Word::generic_timeout_error || word == Word::timed_out;
}

// The word that the request failed with; nothing if it did not, or if there was none.
std::optional<Word> request_word(const Facts& facts, const Connection& connection) {
  return facts.word(connection.http);
}

std::string general_kind(Word word) {
  if (is_reset(word)) return "http.reset.other";
  if (is_timeout(word)) return "http.timeout";
  return word == Word::eof_error ? "http.eof" : "http";
}

Finding finding(const Connection& connection, Status status, std::string kind, Locus locus,
                const std::vector<int>& more = {}) {
  Finding made{status, {}, locus, {connection.http}, {}, 0};
  if (!kind.empty()) made.kinds.push_back(std::move(kind));
  made.evidence.insert(made.evidence.end(), more.begin(), more.end());
  return made;
}

bool points_away(const HttpSeen& seen, const std::string& host) {
  return seen.status / 100 == 3 && !seen.location.empty() && place_of(seen.location).first != host;
}

// A pointer in clear, which anybody on the way can have written, led to another site.
bool led_here_in_clear(const Facts& facts, const Connection& connection) {
  const HttpSeen* here = facts.http(connection.http);
  if (here == nullptr || connection.depth == 0) return false;
  const std::string host = place_of(here->url).first;
  return std::ranges::any_of(facts.connections, [&](const Connection& before) {
    const HttpSeen* seen = facts.http(before.http);
    return before.depth == connection.depth - 1 && before.purpose == Purpose::ladder &&
           before.tls < 0 && seen != nullptr && points_away(*seen, place_of(seen->url).first) &&
           place_of(seen->location).first == host;
  });
}

Match known_block_page(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr) return {};
  const bool led = led_here_in_clear(facts, connection);
  if (over_valid_tls(facts, connection) && !led) return {};
  const KnownPage known = known_page(facts, connection.http);
  if (known == KnownPage::none) return {};
  const bool points = led || points_away(*seen, place_of(seen->url).first);
  const std::string kind = points ? "http.redirect" : "http.blockpage";
  return finding(connection, known == KnownPage::certain ? Status::blocked : Status::likely_blocked,
                 kind, Locus::network);
}

// A pointer to nowhere, or ever on: what the server says, where it is the server that speaks.
bool broken_pointer(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  return seen != nullptr && seen->status / 100 == 3 && request_word(facts, connection);
}

Match server_says(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || seen->status == 0 || request_word(facts, connection)) return {};
  if (!over_valid_tls(facts, connection)) return {};
  const std::string kind = server_side_kind(*seen);
  return finding(connection, Status::ok, kind, kind.empty() ? Locus::unknown : Locus::server);
}

Match outside_fails(const Facts& facts, const Connection& connection) {
  const auto word = request_word(facts, connection);
  if (!word || outside_of_fetch(facts) != Outside::fails) return {};
  return finding(connection, Status::down, general_kind(*word), Locus::server, proxy_steps(facts));
}

Match pointer_broken_over_tls(const Facts& facts, const Connection& connection) {
  if (!over_valid_tls(facts, connection) || !broken_pointer(facts, connection)) return {};
  return finding(connection, Status::impaired, "server_side.error", Locus::server);
}

Match pointer_broken_only_here(const Facts& facts, const Connection& connection) {
  if (!broken_pointer(facts, connection) || outside_of_fetch(facts) != Outside::fine) return {};
  return finding(connection, Status::likely_blocked, "http.redirect", Locus::network);
}

Match freeze(const Facts& facts, const Connection& connection) {
  constexpr std::size_t kLeast = 14'000;
  constexpr std::size_t kMost = 32'768;
  constexpr std::chrono::seconds kStandsStill{1};  // longer than a lost packet takes
  const auto frozen = [&](const Connection& other) {
    const HttpSeen* seen = facts.http(other.http);
    const auto word = facts.word(other.http);
    if (seen == nullptr || !word || !is_timeout(*word)) return false;
    // The connection's bytes are counted: the handshake's too, and those of a TLS record that was
    // cut and gave no byte of the body.
    const TcpSeen* tcp = facts.tcp(other.tcp);
    const TcpInfo info = tcp != nullptr && tcp->info ? *tcp->info : TcpInfo{};
    const std::uint64_t body = seen->body_length;
    const std::uint64_t carried = std::max<std::uint64_t>(body, info.bytes_received);
    const bool silent = info.unacked > 0 && info.retransmits >= 2;  // nor did ours get through
    return carried >= kLeast && (body > 0 ? body : carried) <= kMost &&
           (seen->stalled >= kStandsStill || silent);
  };
  if (!frozen(connection)) return {};
  std::vector<int> evidence;
  for (const Connection& other : facts.connections) {
    if (other.purpose != Purpose::proxy && frozen(other)) evidence.push_back(other.http);
  }
  const bool again = evidence.size() >= 2 || seen_before(facts, "tcp.freeze");
  const bool likely = again && outside_of_fetch(facts) == Outside::fine;
  return finding(connection, likely ? Status::likely_blocked : Status::impaired, "tcp.freeze",
                 likely ? Locus::network : Locus::unknown, evidence);
}

// Inside TLS nobody but the two ends knows what was asked: a cut there has no name to blame.
Match cut_inside_tls(const Facts& facts, const Connection& connection) {
  const auto word = request_word(facts, connection);
  if (!word || !over_valid_tls(facts, connection)) return {};
  return finding(connection, Status::impaired,
                 is_reset(*word) ? "tls.reset.other" : general_kind(*word), Locus::unknown);
}

Match works_at_second_try(const Facts& facts, const Connection& connection) {
  const auto word = request_word(facts, connection);
  if (!word) return {};
  const Trial retries = retries_of(facts, connection, Stage::http);
  if (retries.passed == 0) return {};
  return finding(connection, Status::impaired, general_kind(*word), Locus::unknown,
                 retries.evidence);
}

// The target's request fails where the same one with an innocent part passes.
Match swap_passes(const Facts& facts, const Connection& connection, Purpose purpose,
                  const char* what) {
  const auto word = request_word(facts, connection);
  if (!word || (!is_reset(*word) && !is_timeout(*word) && *word != Word::eof_error)) return {};
  const Trial swaps = swaps_of(facts, connection, purpose);
  if (swaps.passed == 0 || swaps.failed > 0) return {};
  const std::string family = is_reset(*word)     ? "http.reset."
                             : is_timeout(*word) ? "http.timeout."
                                                 : "http.eof.";
  const std::string kind = family + what;
  const bool outside_fine = outside_of_fetch(facts) == Outside::fine;
  Status status = is_reset(*word) ? Status::likely_blocked : Status::impaired;
  if (outside_fine) status = seen_before(facts, kind) ? Status::blocked : Status::likely_blocked;
  return finding(connection, status, kind, Locus::network, swaps.evidence);
}

// The path first: it is the more exact of the two.
Match path_matters(const Facts& facts, const Connection& connection) {
  return swap_passes(facts, connection, Purpose::bare_path, "keyword");
}

Match host_matters(const Facts& facts, const Connection& connection) {
  return swap_passes(facts, connection, Purpose::host_swap, "host");
}

Match cut_only_here(const Facts& facts, const Connection& connection) {
  const auto word = request_word(facts, connection);
  if (!word || outside_of_fetch(facts) != Outside::fine) return {};
  return finding(connection, Status::likely_blocked, general_kind(*word), Locus::network);
}

Match failed(const Facts& facts, const Connection& connection) {
  const auto word = request_word(facts, connection);
  if (!word) return {};
  return finding(connection, Status::impaired, general_kind(*word), Locus::unknown);
}

const HelperRequest* helpers_page(const Facts& facts) {
  const auto& helper = facts.measurement.helper;
  return helper && helper->request && helper->request->failure.empty() ? &*helper->request
                                                                       : nullptr;
}

bool differs(const Facts& facts, const HttpSeen& seen) {
  const HelperRequest* theirs = helpers_page(facts);
  return theirs != nullptr && is_final_status(seen.status) &&
         is_other_page(compare_pages(seen, *theirs));
}

// In clear anybody may speak for the server; the marks of an edge are easily made, but no censor
// was seen to make them.
Match edge_says(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || !differs(facts, *seen) || !bears_edge_marks(*seen)) return {};
  const std::string kind = server_side_kind(*seen);
  if (kind.empty()) return {};
  return finding(connection, Status::impaired, kind, Locus::server);
}

Match other_page(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || !differs(facts, *seen)) return {};
  const bool led = led_here_in_clear(facts, connection);
  return finding(connection, Status::likely_blocked, led ? "http.redirect" : "http.diff",
                 Locus::network);
}

// This round's answer is the server's, but some of the last were not: what is put in its place now
// and then is told as long as those rounds are remembered.
Match other_page_at_times(const Facts& facts, const Connection& connection) {
  constexpr int kTold = 2;  // one may be the server's own hiccup
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || seen->status == 0 || request_word(facts, connection)) return {};
  const auto others =
      std::ranges::count(facts.measurement.past.rounds, "http.other_page",
                         [](const PastRound& round) { return round.outcome->rule; });
  if (others < kTold) return {};
  return finding(connection, Status::likely_blocked, "http.diff", Locus::network);
}

// An innocent name at the same address gets as much ten times as fast, and the target's is slow
// more than once. Only likely: a server may give each visitor a budget.
Match slow_for_the_name(const Facts& facts, const Connection& connection) {
  constexpr double kExtreme = 10;  // OONI dd-007
  const HttpSeen* seen = facts.http(connection.http);
  const auto word = request_word(facts, connection);
  if (seen == nullptr || !over_valid_tls(facts, connection)) return {};
  if (word && !is_timeout(*word)) return {};
  double innocent = 0;
  std::vector<int> evidence;
  for (const Connection& other : facts.connections) {
    const HttpSeen* swapped = facts.http(other.http);
    if (other.purpose != Purpose::sni_swap || swapped == nullptr) continue;
    if (other.peer != connection.peer || facts.word(other.http)) continue;
    innocent = std::max(innocent, speed_of(*swapped));
    evidence.push_back(other.http);
  }
  const auto is_slow = [&](const Connection& other) {
    const HttpSeen* answer = facts.http(other.http);
    const bool own = other.purpose == Purpose::ladder || other.purpose == Purpose::large_object;
    if (answer == nullptr || !own || other.depth != connection.depth) return false;
    const double speed = speed_of(*answer);
    return speed > 0 && speed * kExtreme <= innocent;
  };
  if (!is_slow(connection)) return {};
  int slow = 0;
  for (const Connection& other : facts.connections) {
    if (!is_slow(other)) continue;
    ++slow;
    evidence.push_back(other.http);
  }
  const bool again = slow >= 2 || was_slow(facts.measurement.past);
  return finding(connection, again ? Status::likely_blocked : Status::impaired, "tls.throttle.sni",
                 again ? Locus::network : Locus::unknown, evidence);
}

Match answered_in_clear(const Facts& facts, const Connection& connection) {
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || seen->status == 0) return {};
  const std::string kind = server_side_kind(*seen);
  return finding(connection, Status::ok, kind, kind.empty() ? Locus::unknown : Locus::server);
}

constexpr std::array kRules{
    Rule<Connection>{"http.known_block_page", "science 4.6a", "a block page that is known",
                     known_block_page},
    Rule<Connection>{"tls.throttle.swap_fast", "science 4.7",
                     "ten times slower than under an innocent name at the same address",
                     slow_for_the_name},
    Rule<Connection>{"http.server_says", "science 4.6b",
                     "over TLS that proved the name the server answered", server_says},
    Rule<Connection>{"http.outside_fails", "science 4.8", "the outside gets no page either",
                     outside_fails},
    Rule<Connection>{"http.pointer_over_tls", "science 4.6b", "the server itself points to nowhere",
                     pointer_broken_over_tls},
    Rule<Connection>{"http.pointer_only_here", "science 4.6c",
                     "points to nowhere here, the outside gets a page", pointer_broken_only_here},
    Rule<Connection>{"tcp.freeze", "science 4.7", "the answer stands still after 14 to 32 kB",
                     freeze},
    Rule<Connection>{"http.second_try", "science 2.1", "a further try got the answer",
                     works_at_second_try},
    Rule<Connection>{"http.cut_inside_tls", "science 4.8",
                     "cut off after a handshake that was fine", cut_inside_tls},
    Rule<Connection>{"http.keyword.swap_ok", "science 1.4",
                     "the target's path fails where a bare one passes", path_matters},
    Rule<Connection>{"http.host.swap_ok", "science 1.4",
                     "the target's Host fails where an innocent one passes", host_matters},
    Rule<Connection>{"http.outside_ok", "science 4.8",
                     "the request fails here, the outside gets the page", cut_only_here},
    Rule<Connection>{"http.failed", "science 4.8", "the request failed", failed},
    Rule<Connection>{"http.edge_says", "science 2.1", "a content network turned us away, in clear",
                     edge_says},
    Rule<Connection>{"http.other_page", "science 4.6c", "another page than the outside gets",
                     other_page},
    Rule<Connection>{"http.other_page_at_times", "science 1.4, Great Cannon",
                     "rounds before this one got another page than the outside",
                     other_page_at_times},
    Rule<Connection>{"http.answered_in_clear", "science 4.6c", "there was an answer, in clear",
                     answered_in_clear},
};

}  // namespace

std::span<const Rule<Connection>> http_rules() {
  return kRules;
}

}  // namespace reachd
