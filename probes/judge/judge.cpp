#include "probes/judge/judge.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "probes/judge/dns_rules.hpp"
#include "probes/judge/facts.hpp"
#include "probes/judge/http_rules.hpp"
#include "probes/judge/mail_rules.hpp"
#include "probes/judge/outside.hpp"
#include "probes/judge/resolver_rules.hpp"
#include "probes/judge/speed_rules.hpp"
#include "probes/judge/tcp_rules.hpp"
#include "probes/judge/tls_rules.hpp"

namespace reachd {
namespace {

// Layers in the order in which their findings decide between equals.
enum Layer : int { kNames, kConnect, kHandshake, kMail, kAnswer, kSpeed, kResolvers, kWhole };

constexpr std::array kWholeRules{
    RuleText{"measured.nothing", "contract 3", "nothing was measured"},
    RuleText{"measured.own_fault", "contract 3", "what was tried failed by our own doing"},
    RuleText{"dns.undetermined", "science 4.2g", "an address that nobody vouches for did not work"},
    RuleText{"expect.unmet", "contract 2", "the answer is not what the configuration expects"},
    RuleText{"steps.fine", "contract 3", "every step is fine"},
};

constexpr std::array kVantageRules{
    RuleText{"vantage.own_fault", "science 4.0", "controls fail by our own doing"},
    RuleText{"vantage.clock", "science 2.1", "our clock is wrong by the dates of the controls"},
    RuleText{"vantage.portal", "science 4.0", "every name leads to one place, a login page"},
    RuleText{"vantage.interception", "science 5, N30",
             "one issuer that we do not trust signs for all"},
    RuleText{"vantage.trust_store", "science 5, N11", "we trust nobody's certificate"},
    RuleText{"vantage.nothing_answers", "science 4.0", "no control answers"},
    RuleText{"vantage.border", "science 4.1", "no foreign control answers, domestic ones do"},
};

bool is_mail(Scheme scheme) {
  return scheme == Scheme::imap || scheme == Scheme::imaps || scheme == Scheme::smtp ||
         scheme == Scheme::smtps;
}

// How far a status stands from "nothing wrong"; of several, the highest decides.
int severity(Status status) {
  switch (status) {
    case Status::ok:
      return 0;
    case Status::insufficient:
      return 1;
    case Status::down:
      return 2;
    case Status::impaired:
      return 3;
    case Status::likely_blocked:
      return 4;
    case Status::blocked:
      return 5;
  }
  return 0;
}

Finding whole(std::string_view rule, Status status, std::vector<int> evidence = {},
              Locus locus = Locus::unknown) {
  return {status, {}, locus, std::move(evidence), rule, kWhole * 100};
}

// A connection of a mail service: its kinds are told of the protocol too, as mail is blocked apart
// from the web.
void tell_of_mail(const Measurement& measurement, Finding& finding) {
  if (!is_mail(measurement.scheme)) return;
  const bool imap = measurement.scheme == Scheme::imap || measurement.scheme == Scheme::imaps;
  const std::vector<std::string> plain = finding.kinds;
  for (const std::string& kind : plain) {
    if (kind.starts_with("mail.")) continue;
    finding.kinds.push_back((imap ? "mail.imap." : "mail.smtp.") + kind);
  }
}

std::optional<Finding> judge_layers(const Facts& facts, const Connection& connection) {
  if (connection.failed_step >= 0 && connection.failed_step == connection.tcp) {
    return first_match(tcp_rules(), kConnect, facts, connection);
  }
  if (auto found = first_match(tls_rules(), kHandshake, facts, connection)) return found;
  if (auto found = first_match(mail_rules(), kMail, facts, connection)) return found;
  auto answer = first_match(http_rules(), kAnswer, facts, connection);
  if (answer && answer->status != Status::ok) return answer;
  if (auto found = first_match(speed_rules(), kSpeed, facts, connection)) return found;
  return answer;
}

// Nobody vouches for this address: what fails there may be the name's fault. Only what speaks for
// the address itself counts.
std::optional<Finding> judge_doubtful(const Facts& facts, const Connection& connection) {
  auto found = judge_layers(facts, connection);
  if (!found || connection.failed_step < 0) return found;
  const bool speaks = found->status == Status::down || found->status == Status::insufficient ||
                      found->rule == "http.known_block_page";
  if (speaks) return found;
  Finding doubt = whole("dns.undetermined", Status::impaired, found->evidence);
  doubt.kinds = {"dns"};
  return doubt;
}

std::optional<Finding> judge_connection(const Facts& facts, const Connection& connection) {
  const Trust trust = facts.trust(connection.peer.address, connection.depth);
  const bool doubtful = trust == Trust::foreign || trust == Trust::bogon;
  auto found = doubtful ? judge_doubtful(facts, connection) : judge_layers(facts, connection);
  if (found) tell_of_mail(facts.measurement, *found);
  return found;
}

bool is_judged(const Connection& connection) {
  return connection.purpose == Purpose::ladder || connection.purpose == Purpose::large_object;
}

int last_step(const Connection& connection) {
  return std::max({connection.tcp, connection.tls, connection.http, connection.mail});
}

// The way went to its end there: an answer that does not point on, or that nobody followed.
bool arrived(const Facts& facts, const Connection& connection, int deepest) {
  if (connection.purpose != Purpose::ladder || connection.failed_step >= 0) return false;
  const Scheme scheme = facts.measurement.scheme;
  if (scheme != Scheme::http && scheme != Scheme::https) return true;
  const HttpSeen* seen = facts.http(connection.http);
  if (seen == nullptr || seen->status == 0) return false;
  return seen->location.empty() || connection.depth >= deepest;
}

struct Case {
  std::vector<Finding> findings;
  std::vector<int> arrivals;  // last steps of connections that went well to the end
  bool proved = false;        // one of them over TLS that proved the name
};

Case look_at(const Facts& facts) {
  Case made;
  int deepest = 0;
  for (const Connection& connection : facts.connections) {
    if (is_judged(connection)) deepest = std::max(deepest, connection.depth);
  }
  for (const Lookup& lookup : facts.lookups) {
    if (lookup.purpose != Purpose::ladder) continue;
    deepest = std::max(deepest, lookup.depth);
    if (&lookup != facts.leading(lookup.depth)) {
      auto aside = first_match(resolver_rules(), kResolvers, facts, lookup);
      if (aside && lookup.depth == 0) made.findings.push_back(std::move(*aside));
      continue;
    }
    auto found = first_match(dns_rules(), kNames, facts, lookup);
    const bool answers = facts.measurement.scheme == Scheme::dns && !lookup.failure;
    if (answers)
      made.arrivals.insert(made.arrivals.end(), lookup.steps.begin(), lookup.steps.end());
    if (found) made.findings.push_back(std::move(*found));
  }
  for (const Connection& connection : facts.connections) {
    if (!is_judged(connection)) continue;
    if (auto found = judge_connection(facts, connection))
      made.findings.push_back(std::move(*found));
    if (!arrived(facts, connection, deepest)) continue;
    made.arrivals.push_back(last_step(connection));
    made.proved = made.proved || (connection.tls >= 0 && !facts.word(connection.tls));
  }
  return made;
}

// What is left to say where no finding is worse than `ok`.
Finding nothing_wrong(const Facts& facts, const Case& made) {
  if (made.arrivals.empty()) {
    return facts.own_faults ? whole("measured.own_fault", Status::insufficient, {}, Locus::local)
                            : whole("measured.nothing", Status::insufficient);
  }
  if (!facts.measurement.unmet.empty()) {
    return whole("expect.unmet", Status::impaired, made.arrivals);
  }
  return whole("steps.fine", Status::ok, made.arrivals);
}

bool decides(const Finding& left, const Finding& right) {
  const int by = severity(left.status) - severity(right.status);
  return by != 0 ? by > 0 : left.order < right.order;
}

// Findings that are told: those as sure as the deciding one, or sure enough of a block.
bool is_told(const Finding& finding, const Finding& deciding) {
  const int sure = severity(Status::likely_blocked);
  if (severity(deciding.status) >= sure) return severity(finding.status) >= sure;
  return finding.status == deciding.status;
}

Verdict verdict_of(const std::vector<Finding>& findings, const Finding& deciding) {
  Verdict verdict;
  verdict.status = deciding.status;
  verdict.locus = deciding.locus;
  verdict.rule = deciding.rule;
  verdict.rules_version = kRulesVersion;
  verdict.evidence = deciding.evidence;
  verdict.kinds = deciding.kinds;
  for (const Finding& finding : findings) {
    if (!is_told(finding, deciding)) continue;
    std::ranges::copy(finding.kinds, std::back_inserter(verdict.kinds));
    std::ranges::copy(finding.evidence, std::back_inserter(verdict.evidence));
  }
  const auto once = [](auto& list) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  once(verdict.kinds);
  once(verdict.evidence);
  std::erase_if(verdict.evidence, [](int index) { return index < 0; });
  return verdict;
}

template <typename Subject>
void tell(std::vector<RuleText>& texts, std::span<const Rule<Subject>> rules) {
  for (const auto& rule : rules) texts.push_back({rule.id, rule.source, rule.says});
}

}  // namespace

Verdict judge(const Measurement& measurement) {
  const Facts facts(measurement);
  const Case made = look_at(facts);
  std::vector<Finding> findings = made.findings;
  if (!made.arrivals.empty()) {
    // What is down for all, or says nothing, is made up for by what answered.
    std::erase_if(findings, [](const Finding& finding) {
      return finding.status == Status::down || finding.status == Status::insufficient;
    });
  }
  const bool fine = std::ranges::all_of(
      findings, [](const Finding& finding) { return finding.status == Status::ok; });
  if (facts.vantage.status != VantageStatus::online && !(fine && made.proved)) {
    Finding away = whole(facts.vantage.rule, Status::insufficient, {}, Locus::local);
    return verdict_of({}, away);
  }
  if (fine) {
    const Finding rest = nothing_wrong(facts, made);
    const auto first = std::ranges::min_element(findings, {}, [](const Finding& finding) {
      return std::pair(finding.order < kMail * 100, finding.order);
    });
    const bool named =
        rest.status == Status::ok && first != findings.end() && first->order >= kMail * 100;
    return verdict_of(rest.status == Status::ok ? findings : std::vector<Finding>{},
                      named ? *first : rest);
  }
  const auto deciding = std::ranges::min_element(findings, decides);
  return verdict_of(findings, *deciding);
}

std::vector<RuleText> all_rules() {
  std::vector<RuleText> texts(kVantageRules.begin(), kVantageRules.end());
  tell(texts, dns_rules());
  tell(texts, tcp_rules());
  tell(texts, tls_rules());
  tell(texts, mail_rules());
  tell(texts, http_rules());
  tell(texts, speed_rules());
  tell(texts, resolver_rules());
  texts.insert(texts.end(), kWholeRules.begin(), kWholeRules.end());
  return texts;
}

}  // namespace reachd
