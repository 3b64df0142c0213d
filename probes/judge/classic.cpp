#include "probes/judge/classic.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "config/endpoint.hpp"
#include "probes/judge/facts.hpp"

namespace reachd {
namespace {

enum class Layer : std::uint8_t { http, tls, tcp, dns };  // in the order in which they are read

// A lookup or a connection, at the highest layer that it reached.
struct Item {
  int depth = 0;
  Layer layer = Layer::dns;
  std::string failure;
  int transaction = 0;
  const Lookup* lookup = nullptr;
  const Connection* connection = nullptr;
};

const HelperRequest* helpers_request(const Facts& facts) {
  const auto& helper = facts.measurement.helper;
  return helper && helper->request ? &*helper->request : nullptr;
}

const HelperLookup* helpers_lookup(const Facts& facts) {
  const auto& helper = facts.measurement.helper;
  return helper && helper->lookup ? &*helper->lookup : nullptr;
}

bool resolved_nothing(const HelperLookup& lookup) {
  return !lookup.failure.empty() || lookup.addresses.empty();
}

// Networks of addresses, by the answers' own word and by the helper's.
std::set<std::uint32_t> networks_of(const Facts& facts, const Lookup* lookup,
                                    const std::set<std::string>& addresses) {
  std::set<std::uint32_t> networks;
  if (facts.measurement.helper) {
    for (const HelperAddress& known : facts.measurement.helper->addresses) {
      if (addresses.contains(known.address)) networks.insert(known.asn);
    }
  }
  if (lookup != nullptr) {
    for (const int index : lookup->steps) {
      for (const DnsReply& reply : facts.dns(index)->replies) {
        for (const DnsRecord& record : reply.answers) {
          if (addresses.contains(record.data)) networks.insert(record.asn);
        }
      }
    }
  }
  networks.erase(0);
  return networks;
}

template <typename Set>
bool intersect(const Set& left, const Set& right) {
  return std::ranges::any_of(left, [&](const auto& value) { return right.contains(value); });
}

std::optional<bool> consistency(const Facts& facts) {
  const HelperLookup* theirs = helpers_lookup(facts);
  const Lookup* ours = facts.leading(0);
  if (theirs == nullptr || ours == nullptr) return std::nullopt;
  if (ours->addresses.empty()) {
    if (!ours->failure) return std::nullopt;
    return resolved_nothing(*theirs);
  }
  if (resolved_nothing(*theirs)) return false;
  const std::set<std::string> addresses(theirs->addresses.begin(), theirs->addresses.end());
  return intersect(ours->addresses, addresses) ||
         intersect(networks_of(facts, ours, ours->addresses),
                   networks_of(facts, nullptr, addresses));
}

bool is_classic(const Facts& facts, const Connection& connection) {
  if (connection.purpose != Purpose::ladder) return false;
  const Lookup* lookup = facts.leading(connection.depth);
  return lookup == nullptr || connection.peer.address.empty() ||
         lookup->addresses.contains(connection.peer.address);
}

Item item_of(const Facts& facts, const Connection& connection) {
  Item item;
  item.depth = connection.depth;
  item.connection = &connection;
  const int top = connection.http >= 0  ? connection.http
                  : connection.tls >= 0 ? connection.tls
                                        : connection.tcp;
  item.layer = connection.http >= 0 ? Layer::http : connection.tls >= 0 ? Layer::tls : Layer::tcp;
  if (top < 0) return item;  // a conversation of another kind
  const Observation& step = facts.step(top);
  item.transaction = step.transaction;
  if (step.failure) item.failure = to_string(*step.failure);
  return item;
}

// A fetch of older lines, without an address, that failed because the connection did.
bool repeats_connect(const Facts& facts, const Item& item) {
  if (item.connection == nullptr || item.layer != Layer::http || item.failure.empty()) return false;
  if (!item.connection->peer.address.empty()) return false;
  return std::ranges::any_of(facts.connections, [&](const Connection& other) {
    const auto word = facts.word(other.tcp);
    return word && other.http < 0 && item.failure.starts_with(to_string(*word));
  });
}

std::vector<Item> items_of(const Facts& facts) {
  std::vector<Item> items;
  for (const Connection& connection : facts.connections) {
    if (!is_classic(facts, connection)) continue;
    Item item = item_of(facts, connection);
    if (!repeats_connect(facts, item)) items.push_back(std::move(item));
  }
  for (const Lookup& lookup : facts.lookups) {
    if (&lookup != facts.leading(lookup.depth)) continue;
    Item item;
    item.depth = lookup.depth;
    item.lookup = &lookup;
    if (lookup.failure) item.failure = to_string(*lookup.failure);
    items.push_back(std::move(item));
  }
  std::ranges::sort(items, {}, [](const Item& item) {
    const Endpoint peer = item.connection == nullptr ? Endpoint{} : item.connection->peer;
    return std::tuple(-item.depth, item.layer, item.failure, -item.transaction, peer);
  });
  return items;
}

// Sets what the original's setters set.
class Walk {
 public:
  explicit Walk(const Facts& facts) : facts_(facts) { made_.dns_consistent = consistency(facts); }

  Classic walk() {
    for (const Item& item : items_of(facts_)) {
      if (decide(item)) break;
    }
    return made_;
  }

 private:
  bool set(std::optional<std::string> blocking, std::optional<bool> accessible) {
    if (made_.dns_consistent == false && accessible != true) {
      blocking = "dns";
      accessible = false;
    }
    made_.blocking = std::move(blocking);
    made_.accessible = accessible;
    return true;
  }
  bool accessible() { return set("", true); }
  bool down() { return set("", false); }
  bool unknown() { return set(std::nullopt, std::nullopt); }
  bool blocked(const char* how) { return set(how, false); }

  bool decide(const Item& item) {
    switch (item.layer) {
      case Layer::http:
        return item.failure.empty() ? decide_answer(*item.connection) : decide_fetch();
      case Layer::tls:
        return !item.failure.empty() && decide_endpoint(*item.connection, Layer::tls);
      case Layer::tcp:
        return !item.failure.empty() && decide_endpoint(*item.connection, Layer::tcp);
      case Layer::dns:
        return decide_name(*item.lookup, !item.failure.empty());
    }
    return false;
  }

  bool decide_answer(const Connection& connection) {
    const HttpSeen& seen = *facts_.http(connection.http);
    if (!is_final_status(seen.status)) return false;
    if (connection.tls >= 0 || seen.url.starts_with("https:")) return accessible();
    const HelperRequest* theirs = helpers_request(facts_);
    if (theirs == nullptr) return unknown();
    if (theirs->failure.empty()) {
      made_.match = compare_pages(seen, *theirs);
      const PageMatch& match = made_.match;
      const bool same = match.status == true &&
                        (match.body_length == true || match.headers == true || match.title == true);
      if (same) return accessible();
    }
    return blocked("http-diff");
  }

  bool decide_fetch() {
    const HelperRequest* theirs = helpers_request(facts_);
    if (theirs == nullptr) return unknown();
    return theirs->failure.empty() ? blocked("http-failure") : down();
  }

  bool decide_endpoint(const Connection& connection, Layer layer) {
    const std::optional<std::string> failure =
        connection.depth > 0 ? std::nullopt : helpers_failure(connection.peer, layer);
    if (!failure) return helpers_request(facts_) == nullptr ? unknown() : blocked("http-failure");
    if (!failure->empty()) return down();
    return blocked(layer == Layer::tcp ? "tcp_ip" : "http-failure");
  }

  std::optional<std::string> helpers_failure(const Endpoint& peer, Layer layer) const {
    if (!facts_.measurement.helper) return std::nullopt;
    const HelperReport& helper = *facts_.measurement.helper;
    if (layer == Layer::tcp) {
      const auto found = std::ranges::find(helper.connects, peer, &HelperConnect::peer);
      if (found != helper.connects.end()) return found->failure;
      return std::nullopt;
    }
    const auto found = std::ranges::find(helper.handshakes, peer, &HelperHandshake::peer);
    if (found != helper.handshakes.end()) return found->failure;
    return std::nullopt;
  }

  bool decide_name(const Lookup& lookup, bool failed) {
    const HelperLookup* theirs = lookup.depth > 0 ? nullptr : helpers_lookup(facts_);
    if (failed) {
      if (theirs == nullptr) return helpers_request(facts_) == nullptr ? down() : blocked("dns");
      return resolved_nothing(*theirs) ? down() : blocked("dns");
    }
    const bool only_loopback =
        !lookup.addresses.empty() && std::ranges::all_of(lookup.addresses, is_loopback);
    if (!only_loopback || theirs == nullptr || theirs->addresses.empty()) return false;
    return std::ranges::all_of(theirs->addresses, is_loopback) ? down() : blocked("dns");
  }

  const Facts& facts_;
  Classic made_;
};

}  // namespace

Classic judge_classically(const Measurement& measurement) {
  const Facts facts(measurement);
  return Walk(facts).walk();
}

}  // namespace reachd
