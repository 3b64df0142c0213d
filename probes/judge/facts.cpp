#include "probes/judge/facts.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "config/ascii.hpp"
#include "config/target.hpp"
#include "probes/judge/bogon.hpp"

namespace reachd {
namespace {

bool is_encrypted(const DnsSeen& seen) {
  return seen.engine == "doh" || seen.engine == "dot";
}

bool is_address_record(const DnsRecord& record) {
  return record.type == "A" || record.type == "AAAA";
}

const std::vector<DnsRecord>* believed_records(const DnsSeen& seen) {
  const auto believed = static_cast<std::size_t>(seen.answer);
  if (seen.answer < 0 || believed >= seen.replies.size()) return nullptr;
  return &seen.replies[believed].answers;
}

// How much a failed question says: a name that is denied more than a type that is missing.
std::pair<int, Word> weight(const Failure& failure) {
  switch (failure.word) {
    case Word::dns_no_answer:
      return {0, failure.word};
    case Word::dns_nxdomain_error:
      return {3, failure.word};
    case Word::generic_timeout_error:
      return {1, failure.word};
    default:
      return {2, failure.word};
  }
}

}  // namespace

std::pair<std::string, std::uint16_t> place_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string scheme(url.substr(0, std::min(scheme_end, url.size())));
  std::string_view rest = scheme_end == std::string_view::npos ? url : url.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    rest.remove_prefix(at + 1);
  }
  const bool bracketed = rest.starts_with('[');
  const std::size_t host_end = bracketed ? rest.find(']') : rest.find(':');
  const std::string host =
      ascii::lower(rest.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0)));
  const auto known = parse_scheme(scheme);
  std::uint16_t port = known ? default_port(*known) : std::uint16_t{0};
  const std::size_t colon = rest.find(':', bracketed ? std::min(host_end, rest.size()) : 0);
  if (colon != std::string_view::npos) {
    std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), port);
  }
  return {host, port};
}

std::set<std::string> answered_addresses(const DnsSeen& seen) {
  std::set<std::string> addresses;
  if (const auto* records = believed_records(seen)) {
    for (const DnsRecord& record : *records) {
      if (is_address_record(record)) addresses.insert(record.data);
    }
  }
  return addresses;
}

Facts::Facts(const Measurement& of) : measurement(of), vantage(judge_vantage(of.controls)) {
  std::tie(host, port) = place_of(of.url);
  for (std::size_t i = 0; i < of.observations.size(); ++i) {
    const Observation& observed = of.observations[i];
    if (observed.failure && is_ours(*observed.failure)) {
      own_faults = true;
      continue;
    }
    const int index = static_cast<int>(i);
    if (const auto* seen = dns(index)) {
      note_lookup(index, *seen);
    } else {
      note_step(index, observed);
    }
  }
  close();
}

const Observation& Facts::step(int index) const {
  return measurement.observations.at(static_cast<std::size_t>(index));
}
const DnsSeen* Facts::dns(int index) const {
  return index < 0 ? nullptr : std::get_if<DnsSeen>(&step(index).seen);
}
const TcpSeen* Facts::tcp(int index) const {
  return index < 0 ? nullptr : std::get_if<TcpSeen>(&step(index).seen);
}
const TlsSeen* Facts::tls(int index) const {
  return index < 0 ? nullptr : std::get_if<TlsSeen>(&step(index).seen);
}
const HttpSeen* Facts::http(int index) const {
  return index < 0 ? nullptr : std::get_if<HttpSeen>(&step(index).seen);
}
const MailSeen* Facts::mail(int index) const {
  return index < 0 ? nullptr : std::get_if<MailSeen>(&step(index).seen);
}

std::optional<Word> Facts::word(int index) const {
  if (index < 0 || !step(index).failure) return std::nullopt;
  return step(index).failure->word;
}

void Facts::note_lookup(int index, const DnsSeen& seen) {
  const Observation& asked = step(index);
  const auto same = [&](const Lookup& lookup) {
    return lookup.resolver == seen.resolver && lookup.hostname == seen.hostname &&
           lookup.depth == asked.depth && lookup.purpose == asked.purpose;
  };
  auto known = std::ranges::find_if(lookups, same);
  if (known == lookups.end()) {
    Lookup made;
    made.resolver = seen.resolver;
    made.hostname = seen.hostname;
    made.purpose = asked.purpose;
    made.depth = asked.depth;
    made.encrypted = is_encrypted(seen);
    known = lookups.insert(lookups.end(), std::move(made));
  }
  known->steps.push_back(index);
  known->addresses.merge(answered_addresses(seen));
  if (!asked.failure) return;
  const bool telling = !known->failure || weight(*asked.failure) > weight(*known->failure);
  if (telling) {
    known->failure = asked.failure;
    known->failed_step = index;
  }
}

// Steps of one connection share a transaction; where lines have none, the peer and the depth.
void Facts::note_step(int index, const Observation& observed) {
  const auto same = [&](const Connection& connection) {
    if (connection.peer != observed.peer || connection.depth != observed.depth ||
        connection.purpose != observed.purpose) {
      return false;
    }
    const int first = std::max({connection.tcp, connection.tls, connection.http, connection.mail});
    return step(first).transaction == observed.transaction;
  };
  auto known = std::ranges::find_if(connections, same);
  if (known == connections.end()) {
    Connection made;
    made.peer = observed.peer;
    made.depth = observed.depth;
    made.purpose = observed.purpose;
    known = connections.insert(connections.end(), made);
  }
  int* place = observed.stage == Stage::tcp    ? &known->tcp
               : observed.stage == Stage::tls  ? &known->tls
               : observed.stage == Stage::http ? &known->http
                                               : &known->mail;
  // Of two steps of one stage (mail before and after STARTTLS) the one that failed tells more.
  if (*place >= 0 && !observed.failure) return;
  *place = index;
}

void Facts::close() {
  for (Connection& connection : connections) {
    for (const int index : {connection.tcp, connection.tls, connection.http, connection.mail}) {
      if (index >= 0 && step(index).failure) {
        connection.failed_step = index;
        break;
      }
    }
    const TlsSeen* seen = tls(connection.tls);
    const bool ladder = connection.purpose != Purpose::sni_swap;
    if (seen != nullptr && ladder && !seen->server_name.empty()) {
      hosts[connection.depth].insert(seen->server_name);
    }
    if (seen != nullptr && ladder && !step(connection.tls).failure) {
      valid_[connection.depth].insert(connection.peer.address);
    }
  }
  for (Lookup& lookup : lookups) {
    if (!lookup.addresses.empty()) lookup.failure.reset();
    const bool of_target = lookup.purpose == Purpose::ladder || lookup.purpose == Purpose::resolver;
    if (lookup.encrypted && of_target)
      vouched_[lookup.depth].insert(lookup.addresses.begin(), lookup.addresses.end());
  }
  if (measurement.helper && measurement.helper->lookup) {
    const auto& addresses = measurement.helper->lookup->addresses;
    helpers_.insert(addresses.begin(), addresses.end());
  }
  if (measurement.helper) {
    for (const HelperAddress& address : measurement.helper->addresses) {
      if ((address.flags & HelperAddress::kValidForName) != 0) valid_[0].insert(address.address);
      if (helpers_.contains(address.address) && address.asn != 0) networks_.insert(address.asn);
    }
  }
  std::ranges::sort(lookups, {}, [](const Lookup& lookup) {
    return std::tuple(lookup.depth, lookup.purpose, lookup.resolver != "system", lookup.resolver,
                      lookup.hostname);
  });
  std::ranges::sort(connections, {}, [&](const Connection& connection) {
    return std::tuple(
        connection.depth, connection.purpose, connection.peer,
        connection.failed_step >= 0 ? step(connection.failed_step).stage : Stage::mail,
        connection.failed_step >= 0);
  });
}

Trust Facts::trust(const std::string& address, int depth) const {
  const auto holds = [&](const auto& by_depth) {
    const auto found = by_depth.find(depth);
    return found != by_depth.end() && found->second.contains(address);
  };
  if (holds(valid_)) return Trust::right;
  if (address == host) return Trust::right;  // no name, no lie
  if (is_bogon(address)) return Trust::bogon;
  if (holds(vouched_) || (depth == 0 && helpers_.contains(address))) return Trust::right;
  if (depth == 0 && measurement.helper) {
    for (const HelperAddress& known : measurement.helper->addresses) {
      if (known.address == address && known.asn != 0 && networks_.contains(known.asn)) {
        return Trust::right;
      }
    }
  }
  const bool helper_knows = depth == 0 && !helpers_.empty();
  const auto vouched = vouched_.find(depth);
  const bool resolver_knows = vouched != vouched_.end() && !vouched->second.empty();
  return helper_knows || resolver_knows ? Trust::foreign : Trust::unknown;
}

const Lookup* Facts::leading(int depth) const {
  const auto found = std::ranges::find_if(lookups, [&](const Lookup& lookup) {
    return lookup.purpose == Purpose::ladder && lookup.depth == depth;
  });
  return found == lookups.end() ? nullptr : &*found;
}

}  // namespace reachd
