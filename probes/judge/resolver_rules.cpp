#include "probes/judge/resolver_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/outside.hpp"
#include "probes/judge/resolvers_view.hpp"
#include "probes/judge/trials.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

constexpr std::string_view kTcpReset = "dns.tcp.reset";

// The question stood on a TCP connection of its own, in clear, and that was reset.
bool is_reset_in_clear(const Facts& facts, const Lookup& lookup) {
  return lookup.failure && lookup.failure->word == Word::connection_reset &&
         facts.dns(lookup.failed_step)->engine == "tcp";
}

// The innocent name goes over a connection like the one that was reset: the name is what differs.
Match innocent_passes(const Facts& facts, const Lookup& lookup) {
  if (!is_reset_in_clear(facts, lookup)) return {};
  const std::vector<int> innocent = innocent_answers(facts, lookup);
  if (innocent.empty()) return {};
  const bool outside_fine = outside_of_name(facts, lookup) == Outside::fine;
  if (!outside_fine && others_than(facts, lookup).right == 0) return {};
  const bool proved = outside_fine && seen_before(facts, kTcpReset);
  Finding made{proved ? Status::blocked : Status::likely_blocked,
               {std::string(kTcpReset)},
               Locus::network,
               lookup.steps,
               {},
               0};
  made.evidence.insert(made.evidence.end(), innocent.begin(), innocent.end());
  return made;
}

bool innocent_asked(const Facts& facts, const Lookup& lookup) {
  return std::ranges::any_of(facts.lookups, [&](const Lookup& other) {
    return other.purpose == Purpose::innocent_name && other.resolver == lookup.resolver;
  });
}

// Worth a closer look: whether the name has to do with it is not known yet.
Match reset(const Facts& facts, const Lookup& lookup) {
  if (!is_reset_in_clear(facts, lookup) || innocent_asked(facts, lookup)) return {};
  return Finding{Status::impaired, {std::string(kTcpReset)}, Locus::unknown, lookup.steps, {}, 0};
}

// The resolver is what cannot be reached, whatever the name: no word against the target. While the
// vantage itself is in trouble it is no word at all.
Match encrypted_unreachable(const Facts& facts, const Lookup& lookup) {
  std::string kind = encrypted_kind(facts, lookup);
  if (kind.empty() || facts.vantage.status != VantageStatus::online) return {};
  return Finding{Status::ok, {std::move(kind)}, Locus::unknown, lookup.steps, {}, 0};
}

constexpr std::array kRules{
    Rule<Lookup>{"dns.tcp.reset.innocent_ok", "science 1.1",
                 "over TCP the target's name is reset, an innocent one is answered",
                 innocent_passes},
    Rule<Lookup>{"dns.tcp.reset.unproven", "science 1.1", "the question over TCP was reset", reset},
    Rule<Lookup>{"dns.encrypted.unreachable", "science 1.1",
                 "an encrypted resolver cannot be asked from here; the target is another matter",
                 encrypted_unreachable},
};

}  // namespace

std::span<const Rule<Lookup>> resolver_rules() {
  return kRules;
}

std::string encrypted_kind(const Facts& facts, const Lookup& lookup) {
  if (!lookup.encrypted || !lookup.failure || lookup.failed_step < 0) return {};
  const DnsSeen& seen = *facts.dns(lookup.failed_step);
  if (!seen.replies.empty()) return {};
  const std::string kind = "dns.encrypted." + seen.engine;
  switch (lookup.failure->word) {
    case Word::generic_timeout_error:
    case Word::timed_out:
      return kind + ".timeout";
    case Word::connection_reset:
      return kind + ".reset";
    case Word::connection_refused:
      return kind + ".refused";
    case Word::eof_error:
      return kind + ".eof";
    case Word::host_unreachable:
    case Word::network_unreachable:
    case Word::permission_denied:
      return kind + ".unreachable";
    case Word::ssl_unknown_authority:
    case Word::ssl_invalid_certificate:
    case Word::ssl_invalid_hostname:
      return kind + ".mitm";
    default:
      return {};
  }
}

}  // namespace reachd
