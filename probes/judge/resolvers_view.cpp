#include "probes/judge/resolvers_view.hpp"

#include <algorithm>

namespace reachd {
namespace {

bool asks_for_target(const Lookup& lookup) {
  return lookup.purpose == Purpose::ladder || lookup.purpose == Purpose::resolver ||
         lookup.purpose == Purpose::retry;
}

void add(std::vector<int>& evidence, const std::vector<int>& more) {
  evidence.insert(evidence.end(), more.begin(), more.end());
}

bool got_a_reply(const Facts& facts, const Lookup& lookup) {
  return std::ranges::any_of(lookup.steps,
                             [&](int index) { return !facts.dns(index)->replies.empty(); });
}

using Addresses = std::set<std::string>;

Addresses addresses_of(const DnsReply& reply) {
  Addresses addresses;
  if (reply.failure) return addresses;
  for (const DnsRecord& record : reply.answers) {
    if (record.type == "A" || record.type == "AAAA") addresses.insert(record.data);
  }
  return addresses;
}

bool disjoint(const Addresses& left, const Addresses& right) {
  return std::ranges::none_of(left,
                              [&](const std::string& address) { return right.contains(address); });
}

bool same_answer(const Lookup& left, const Lookup& right) {
  if (left.addresses != right.addresses) return false;
  return !left.addresses.empty() ||
         (left.failure && right.failure && left.failure->word == right.failure->word);
}

}  // namespace

bool any_address(const Facts& facts, const Lookup& lookup, Trust trust) {
  return std::ranges::any_of(lookup.addresses, [&](const std::string& address) {
    return facts.trust(address, lookup.depth) == trust;
  });
}

Others others_than(const Facts& facts, const Lookup& lookup) {
  Others others;
  for (const Lookup& other : facts.lookups) {
    if (other.resolver == lookup.resolver || other.hostname != lookup.hostname) continue;
    if (!asks_for_target(other)) continue;
    if (same_answer(lookup, other)) {
      const bool spoke = other.encrypted && other.failure && got_a_reply(facts, other);
      others.alike += !other.encrypted;
      others.refused += spoke;
    }
    if (other.addresses.empty() || any_address(facts, other, Trust::bogon)) continue;
    ++others.answered;
    const bool right = any_address(facts, other, Trust::right);
    others.right += right ? 1 : 0;
    others.plain_right += right && !other.encrypted ? 1 : 0;
    add(others.evidence, other.steps);
  }
  return others;
}

Injector injector_on_path(const Facts& facts) {
  Injector injector;
  bool answers_all = false;
  for (const Lookup& lookup : facts.lookups) {
    const bool replied = got_a_reply(facts, lookup);
    if (lookup.purpose == Purpose::non_resolver_check) {
      injector.checked = true;
      answers_all = answers_all || replied;
    } else if (lookup.purpose == Purpose::non_resolver) {
      injector.fires = injector.fires || replied;
    } else {
      continue;
    }
    injector.silent = !injector.fires;
    add(injector.evidence, lookup.steps);
  }
  if (answers_all) injector.fires = injector.silent = false;
  return injector;
}

Contradiction contradiction_in(const Facts& facts, const Lookup& lookup) {
  Contradiction found;
  for (const int index : lookup.steps) {
    std::vector<Addresses> distinct;
    for (const DnsReply& reply : facts.dns(index)->replies) {
      const Addresses addresses = addresses_of(reply);
      if (addresses.empty()) continue;
      const bool fresh = std::ranges::all_of(
          distinct, [&](const Addresses& known) { return disjoint(known, addresses); });
      if (fresh) distinct.push_back(addresses);
    }
    if (distinct.size() < 2) continue;
    const auto right = std::ranges::count_if(distinct, [&](const Addresses& addresses) {
      return std::ranges::any_of(addresses, [&](const std::string& address) {
        return facts.trust(address, lookup.depth) == Trust::right;
      });
    });
    const auto answers = static_cast<int>(distinct.size());
    if (right == answers) continue;  // a resolver that takes turns
    found.answers = std::max(found.answers, answers);
    found.one_right = found.one_right || right > 0;
    found.evidence.push_back(index);
  }
  return found;
}

std::vector<int> innocent_answers(const Facts& facts, const Lookup& lookup) {
  std::vector<int> steps;
  for (const Lookup& other : facts.lookups) {
    if (other.purpose != Purpose::innocent_name || other.resolver != lookup.resolver) continue;
    const bool denied = other.failure && (other.failure->word == Word::dns_nxdomain_error ||
                                          other.failure->word == Word::dns_no_answer);
    if (other.addresses.empty() && !denied) continue;
    if (!same_answer(lookup, other)) add(steps, other.steps);
  }
  return steps;
}

}  // namespace reachd
