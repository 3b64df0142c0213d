#include "probes/judge/dns_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/known_page.hpp"
#include "probes/judge/outside.hpp"
#include "probes/judge/resolver_rules.hpp"
#include "probes/judge/resolvers_view.hpp"
#include "probes/judge/trials.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

Finding finding(const Lookup& lookup, Status status, std::string kind, Locus locus,
                const std::vector<int>& more = {}) {
  Finding made{status, {std::move(kind)}, locus, lookup.steps, {}, 0};
  made.evidence.insert(made.evidence.end(), more.begin(), more.end());
  return made;
}

bool failed_with(const Lookup& lookup, Word word) {
  return lookup.failure && lookup.failure->word == word;
}

// Android's resolver cannot say why there is no data; it does so for names that do not exist.
bool denied(const Lookup& lookup) {
  return failed_with(lookup, Word::dns_nxdomain_error) ||
         failed_with(lookup, Word::dns_no_answer) ||
         (lookup.failure && lookup.failure->text == "android_dns_cache_no_data");
}

std::string failure_kind(const Lookup& lookup) {
  switch (lookup.failure->word) {
    case Word::dns_nxdomain_error:
      return "dns.nxdomain";
    case Word::dns_no_answer:
      return "dns";
    case Word::dns_refused_error:
      return "dns.refused";
    case Word::dns_servfail_error:
    case Word::dns_server_misbehaving:
      return "dns.servfail";
    case Word::generic_timeout_error:
    case Word::timed_out:
      return "dns.timeout";
    default:
      return denied(lookup) ? "dns.nxdomain" : "dns";
  }
}

bool known_address(const Facts& facts, const Lookup& lookup, KnownPage known) {
  return std::ranges::any_of(lookup.steps,
                             [&](int index) { return known_page(facts, index) == known; });
}

std::string injection_kind(const Facts& facts, const Lookup& lookup) {
  if (any_address(facts, lookup, Trust::bogon)) return "dns.injection.bogon";
  return "dns.injection.other";
}

// Where another plain resolver, or the address that runs none, met no liar, it is the resolver that
// lies; where others tell the same lie, it is told on the way to them.
Locus liar(const Facts& facts, const Others& others) {
  if (injector_on_path(facts).silent || others.plain_right > 0) return Locus::resolver;
  return others.alike > 0 ? Locus::network : Locus::unknown;
}

Match non_resolver(const Facts& facts, const Lookup& lookup) {
  const Injector injector = injector_on_path(facts);
  if (!injector.fires) return {};
  const Status status = injector.checked ? Status::blocked : Status::likely_blocked;
  return finding(lookup, status, injection_kind(facts, lookup), Locus::network, injector.evidence);
}

Match answers_differ(const Facts& facts, const Lookup& lookup) {
  const Contradiction found = contradiction_in(facts, lookup);
  if (found.answers == 0) return {};
  if (found.answers == 2 && !found.one_right) return {};
  return finding(lookup, Status::blocked, injection_kind(facts, lookup), Locus::network);
}

Match address_right(const Facts& facts, const Lookup& lookup) {
  if (!any_address(facts, lookup, Trust::right)) return {};
  if (any_address(facts, lookup, Trust::bogon)) return {};  // of the other family
  return Finding{Status::ok, {}, Locus::unknown, lookup.steps, {}, 0};
}

Match two_answers(const Facts& facts, const Lookup& lookup) {
  if (contradiction_in(facts, lookup).answers < 2) return {};
  return finding(lookup, Status::likely_blocked, injection_kind(facts, lookup), Locus::network);
}

Match known_poison(const Facts& facts, const Lookup& lookup) {
  if (known_address(facts, lookup, KnownPage::none) &&
      !known_address(facts, lookup, KnownPage::likely) &&
      !known_address(facts, lookup, KnownPage::certain)) {
    return {};
  }
  const Others others = others_than(facts, lookup);
  const bool differs = others.answered > 0 || outside_of_name(facts, lookup) == Outside::fine;
  const bool certain = known_address(facts, lookup, KnownPage::certain) && differs;
  return finding(lookup, certain ? Status::blocked : Status::likely_blocked,
                 "dns.injection.blockpage", liar(facts, others), others.evidence);
}

Match bogon_everywhere(const Facts& facts, const Lookup& lookup) {
  if (!any_address(facts, lookup, Trust::bogon)) return {};
  const auto& helper = facts.measurement.helper;
  if (!helper || !helper->lookup) return {};
  const bool same = std::ranges::any_of(helper->lookup->addresses, [&](const std::string& address) {
    return lookup.addresses.contains(address) && facts.trust(address, lookup.depth) == Trust::bogon;
  });
  if (!same) return {};
  return finding(lookup, Status::down, "dns", Locus::server);
}

Match bogon(const Facts& facts, const Lookup& lookup) {
  if (!any_address(facts, lookup, Trust::bogon)) return {};
  const Others others = others_than(facts, lookup);
  const Outside outside = outside_of_name(facts, lookup);
  if (outside == Outside::fails) return {};
  if (outside == Outside::silent && others.answered == 0) return {};
  const Status status = outside == Outside::fine ? Status::blocked : Status::likely_blocked;
  return finding(lookup, status, "dns.injection.bogon", liar(facts, others), others.evidence);
}

Match outside_fails(const Facts& facts, const Lookup& lookup) {
  if (!lookup.failure || outside_of_name(facts, lookup) != Outside::fails) return {};
  if (others_than(facts, lookup).right > 0) return {};
  return finding(lookup, Status::down, failure_kind(lookup), Locus::server);
}

// The name does not exist, yet here it has an address: of an injector that fires on any such
// question, or of a resolver that makes money of typing errors. Two owners do not do that alike.
Match ghost(const Facts& facts, const Lookup& lookup) {
  if (lookup.depth > 0 || lookup.addresses.empty() ||
      outside_of_name(facts, lookup) != Outside::fails) {
    return {};
  }
  std::vector<int> alike;
  for (const Lookup& other : facts.lookups) {
    if (other.resolver == lookup.resolver || other.encrypted) continue;
    if (other.hostname != lookup.hostname || other.addresses != lookup.addresses) continue;
    alike.insert(alike.end(), other.steps.begin(), other.steps.end());
  }
  if (any_address(facts, lookup, Trust::right)) return {};
  return finding(lookup, alike.empty() ? Status::impaired : Status::likely_blocked,
                 alike.empty() ? "dns.hijack" : injection_kind(facts, lookup), Locus::network,
                 alike);
}

Match denied_only_here(const Facts& facts, const Lookup& lookup) {
  if (!denied(lookup)) return {};
  const Others others = others_than(facts, lookup);
  const Outside outside = outside_of_name(facts, lookup);
  if (outside != Outside::fine && others.right == 0) return {};
  const bool sure = failed_with(lookup, Word::dns_nxdomain_error) && others.answered >= 2 &&
                    others.right > 0 && outside == Outside::fine;
  return finding(lookup, sure ? Status::blocked : Status::likely_blocked, failure_kind(lookup),
                 liar(facts, others), others.evidence);
}

// Whose doing it is that a resolver does not answer. Silence that others meet too is on the way to
// all of them; that an address without DNS is silent as well says nothing of that.
Locus who_silences(const Facts& facts, const Others& others) {
  if (others.plain_right > 0) return Locus::resolver;
  return others.alike > 0 ? Locus::network : liar(facts, others);
}

bool silent(const Lookup& lookup) {
  return failed_with(lookup, Word::generic_timeout_error) || failed_with(lookup, Word::timed_out);
}

// A resolver that is broken is broken for every name; a name that is broken is so for every
// resolver, and an encrypted one that says the same (a zone whose signatures are wrong) shows it.
Match failed_only_here(const Facts& facts, const Lookup& lookup) {
  if (!lookup.failure) return {};
  const std::vector<int> innocent = innocent_answers(facts, lookup);
  const Others others = others_than(facts, lookup);
  if (innocent.empty() || (others.refused > 0 && others.right == 0)) return {};
  if (others.right == 0 && outside_of_name(facts, lookup) != Outside::fine) return {};
  std::vector<int> evidence = others.evidence;
  evidence.insert(evidence.end(), innocent.begin(), innocent.end());
  const Locus locus = silent(lookup) ? who_silences(facts, others) : liar(facts, others);
  return finding(lookup, Status::likely_blocked, failure_kind(lookup), locus, evidence);
}

bool wrong_certificate(Word word) {
  return word == Word::ssl_invalid_hostname || word == Word::ssl_unknown_authority ||
         word == Word::ssl_invalid_certificate;
}

// Others lead to a place that proves the name; this answer leads to one, of a network that nobody
// who should know has named, that shows a wrong certificate or works for the outside only. A place
// that is merely dead may be an edge that is.
Match leads_elsewhere(const Facts& facts, const Lookup& lookup) {
  if (!any_address(facts, lookup, Trust::foreign)) return {};
  const Others others = others_than(facts, lookup);
  const Outside outside = outside_of_name(facts, lookup);
  if (outside == Outside::fails || others.right == 0) return {};
  bool refuted = false;
  bool telling = false;
  std::vector<int> evidence = others.evidence;
  for (const Connection& connection : facts.connections) {
    if (connection.depth != lookup.depth || connection.failed_step < 0) continue;
    if (!lookup.addresses.contains(connection.peer.address)) continue;
    refuted = true;
    const Stage stage = facts.step(connection.failed_step).stage;
    telling = telling || wrong_certificate(*facts.word(connection.failed_step)) ||
              outside_of_endpoint(facts, connection, stage) == Outside::fine;
    evidence.push_back(connection.failed_step);
  }
  if (!refuted) return {};
  const bool likely = telling && outside == Outside::fine;
  const bool again = likely && seen_before(facts, "dns.hijack");
  return finding(lookup,
                 again    ? Status::blocked
                 : likely ? Status::likely_blocked
                          : Status::impaired,
                 "dns.hijack", liar(facts, others), evidence);
}

Match failed(const Facts& facts, const Lookup& lookup) {
  if (!lookup.failure) return {};
  const bool silence =
      failed_with(lookup, Word::generic_timeout_error) || failed_with(lookup, Word::timed_out) ||
      failed_with(lookup, Word::network_unreachable) || failed_with(lookup, Word::host_unreachable);
  const bool known = facts.vantage.vouched || facts.measurement.helper.has_value() ||
                     others_than(facts, lookup).answered > 0 || !silence;
  const std::string encrypted = encrypted_kind(facts, lookup);
  return finding(lookup, known ? Status::impaired : Status::insufficient,
                 encrypted.empty() ? failure_kind(lookup) : encrypted, Locus::unknown);
}

constexpr std::array kRules{
    Rule<Lookup>{"dns.non_resolver_answers", "science 4.2a",
                 "an address that runs no DNS answered for the name", non_resolver},
    Rule<Lookup>{"dns.answers_differ", "science 4.2b",
                 "one question got several answers that contradict each other", answers_differ},
    Rule<Lookup>{"dns.bogon_everywhere", "science 4.2f",
                 "the name has a private address for the outside too", bogon_everywhere},
    Rule<Lookup>{"dns.address_right", "science 4.2c",
                 "the answer holds an address that proved the name", address_right},
    Rule<Lookup>{"dns.two_answers", "science 4.2b", "one question got two answers, neither proved",
                 two_answers},
    Rule<Lookup>{"dns.known_poison", "science 4.2d", "the answer is a known false one",
                 known_poison},
    Rule<Lookup>{"dns.bogon", "science 4.2d",
                 "the answer is an address that no public name has, others say otherwise", bogon},
    Rule<Lookup>{"dns.outside_fails", "science 4.2f", "the outside does not find the name either",
                 outside_fails},
    Rule<Lookup>{"dns.ghost", "science 2.1", "the name does not exist, yet it got an answer here",
                 ghost},
    Rule<Lookup>{"dns.denied_only_here", "science 4.2e", "the name exists, but is said not to here",
                 denied_only_here},
    Rule<Lookup>{"dns.failed_only_here", "science 4.2e",
                 "the resolver fails for this name and not for an innocent one", failed_only_here},
    Rule<Lookup>{"dns.leads_elsewhere", "science 4.2c",
                 "the answer leads to a place that did not prove the name, others' did",
                 leads_elsewhere},
    Rule<Lookup>{"dns.failed", "science 4.8", "the name was not found", failed},
};

}  // namespace

std::span<const Rule<Lookup>> dns_rules() {
  return kRules;
}

}  // namespace reachd
