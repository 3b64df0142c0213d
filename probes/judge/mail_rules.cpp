#include "probes/judge/mail_rules.hpp"

#include <algorithm>
#include <array>

#include "probes/judge/outside.hpp"

namespace reachd {
namespace {

using Match = std::optional<Finding>;

Finding finding(const Connection& connection, Status status, std::string kind, Locus locus) {
  return {status, {std::move(kind)}, locus, {connection.mail}, {}, 0};
}

bool failed_in_talk(const Facts& facts, const Connection& connection) {
  return facts.word(connection.mail).has_value();
}

std::string protocol_kind(const Facts& facts, const Connection& connection) {
  const MailSeen* seen = facts.mail(connection.mail);
  return seen == nullptr || seen->protocol.empty() ? "mail" : "mail." + seen->protocol;
}

// Some boxes write X over the word they do not want to be read (Cisco's "XXXXXXXA").
bool is_blotted(const std::string& capability) {
  constexpr std::size_t kLength = std::string_view("STARTTLS").size();
  const std::string_view word = std::string_view(capability).substr(0, capability.find(' '));
  const auto blots = static_cast<std::size_t>(std::ranges::count(word, 'X'));
  return word.size() == kLength && blots >= kLength - 1;
}

bool missing_starttls(const Facts& facts, const Connection& connection) {
  const MailSeen* seen = facts.mail(connection.mail);
  return seen != nullptr && facts.word(connection.mail) && !seen->starttls_offered &&
         !seen->capabilities.empty() && connection.tls < 0;
}

Match starttls_blotted(const Facts& facts, const Connection& connection) {
  if (!missing_starttls(facts, connection)) return {};
  if (!std::ranges::any_of(facts.mail(connection.mail)->capabilities, is_blotted)) return {};
  return finding(connection, Status::blocked, "mail.starttls.strip", Locus::network);
}

Match starttls_offered_elsewhere(const Facts& facts, const Connection& connection) {
  if (!missing_starttls(facts, connection)) return {};
  for (const Connection& other : facts.connections) {
    const MailSeen* seen = facts.mail(other.mail);
    if (other.purpose != Purpose::proxy || seen == nullptr || !seen->starttls_offered) continue;
    Finding made =
        finding(connection, Status::likely_blocked, "mail.starttls.strip", Locus::network);
    made.evidence.push_back(other.mail);
    return made;
  }
  return {};
}

Match starttls_missing(const Facts& facts, const Connection& connection) {
  if (!missing_starttls(facts, connection)) return {};
  return finding(connection, Status::impaired, "mail.starttls", Locus::unknown);
}

Match outside_fails(const Facts& facts, const Connection& connection) {
  if (!failed_in_talk(facts, connection)) return {};
  if (outside_of(facts, connection, Stage::mail) != Outside::fails) return {};
  return finding(connection, Status::down, protocol_kind(facts, connection), Locus::server);
}

Match failed(const Facts& facts, const Connection& connection) {
  if (!failed_in_talk(facts, connection)) return {};
  return finding(connection, Status::impaired, protocol_kind(facts, connection), Locus::unknown);
}

constexpr std::array kRules{
    Rule<Connection>{"mail.starttls.blotted", "science 1.4",
                     "somebody wrote over the offer of STARTTLS", starttls_blotted},
    Rule<Connection>{"mail.starttls.offered_elsewhere", "science 1.4",
                     "STARTTLS is offered on the second way out, not here",
                     starttls_offered_elsewhere},
    Rule<Connection>{"mail.starttls.missing", "science 1.4", "STARTTLS is not offered",
                     starttls_missing},
    Rule<Connection>{"mail.outside_fails", "science 4.8", "the second way out fails alike",
                     outside_fails},
    Rule<Connection>{"mail.failed", "science 4.8", "the conversation failed", failed},
};

}  // namespace

std::span<const Rule<Connection>> mail_rules() {
  return kRules;
}

}  // namespace reachd
