#include "daemon/helper/inquiry.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "daemon/helper/words.hpp"
#include "probes/net/public_space.hpp"
#include "probes/net/together.hpp"
#include "probes/net/url.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/dns.hpp"
#include "probes/steps/http.hpp"
#include "probes/steps/tls.hpp"

namespace reachd::helper {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr std::size_t kMostAddresses = 8;
constexpr std::size_t kTriedAddresses = 2;  // of one place, by the fetch
constexpr int kMostRedirects = 10;
constexpr std::size_t kBodyLimit = 512 * 1024;  // OONI's probe reads as much: lengths compare
constexpr auto kLookupTime = 4s;
constexpr auto kConnectTime = 15s;
constexpr auto kFetchTime = 15s;

// One question under way.
struct Inquiry {
  net::WayOut& way;
  net::Resolvers& resolvers;
  Guard& guard;
  const HelperQuestion& question;
  Clock::time_point start;
};

struct Named {
  std::optional<Failure> failure;
  std::vector<std::string> addresses;  // as the resolver gave them, unguarded
};

asio::awaitable<Named> look_up(Inquiry& inquiry, std::string host) {
  Named named;
  if (net::is_address(host)) {
    named.addresses.push_back(host);
    co_return named;
  }
  const auto resolvers = inquiry.resolvers.pick({});
  std::vector<steps::DnsOptions> questions;
  for (const char* type : {"A", "AAAA"}) {
    steps::DnsOptions options;
    options.resolver = resolvers.front();
    options.hostname = host;
    options.query_type = type;
    options.start = inquiry.start;
    options.timeout = kLookupTime;
    questions.push_back(std::move(options));
  }
  const auto lookups = co_await steps::look_up_all(inquiry.way, std::move(questions));
  for (const steps::Lookup& lookup : lookups) {
    if (!named.failure) named.failure = lookup.observation.failure;
    for (std::string& address : steps::addresses_of(lookup.observation)) {
      if (named.addresses.size() == kMostAddresses) break;
      named.addresses.push_back(std::move(address));
    }
  }
  if (!named.addresses.empty()) named.failure.reset();
  co_return named;
}

steps::Attempt attempt_at(const Inquiry& inquiry, Endpoint peer, Clock::time_point deadline) {
  steps::Attempt attempt;
  attempt.peer = std::move(peer);
  attempt.start = inquiry.start;
  attempt.deadline = deadline;
  return attempt;
}

struct Tried {
  HelperConnect connect;
  std::optional<HelperHandshake> handshake;
};

asio::awaitable<Tried> try_endpoint(Inquiry& inquiry, Endpoint peer) {
  Tried tried;
  tried.connect.peer = peer;
  const bool handshake = peer.port == 443 || inquiry.question.handshake_everywhere;
  auto attempt = attempt_at(inquiry, peer, Clock::now() + kConnectTime);
  auto connected = co_await steps::connect(inquiry.way, attempt);
  tried.connect.failure = connect_word(connected.observation.failure);
  if (!connected.socket || !handshake) co_return tried;
  steps::TlsOptions options;
  options.server_name = inquiry.question.host;
  options.alpn = {"h2", "http/1.1"};
  auto socket = net::to_asio(inquiry.way.executor, std::move(*connected.socket));
  const auto secured =
      co_await steps::secure(inquiry.way, attempt, std::move(socket), std::move(options));
  tried.handshake =
      HelperHandshake{peer, inquiry.question.host, handshake_word(secured.observation.failure)};
  co_return tried;
}

HelperRequest failed(std::string word) {
  HelperRequest request;
  request.failure = std::move(word);
  return request;
}

HelperRequest answered(HttpSeen seen) {
  HelperRequest request;
  request.status = seen.status;
  request.body_length = static_cast<std::int64_t>(seen.body.size());
  request.title = std::move(seen.title);
  request.headers = std::move(seen.headers);
  return request;
}

// One hop: the first allowed address that takes the connection is fetched from.
asio::awaitable<std::optional<Observation>> fetch_hop(Inquiry& inquiry, net::Place place,
                                                      std::vector<std::string> addresses,
                                                      Clock::time_point deadline,
                                                      std::vector<std::string>& cookies) {
  std::optional<Observation> last;
  std::size_t tried = 0;
  for (const std::string& address : addresses) {
    if (!inquiry.guard.allows(address) || tried == kTriedAddresses) continue;
    ++tried;
    auto attempt = attempt_at(inquiry, {address, place.port}, deadline);
    auto connected = co_await steps::connect(inquiry.way, attempt);
    last = std::move(connected.observation);
    if (!connected.socket) continue;
    steps::HttpOptions options;
    options.url = place.url;
    options.headers = inquiry.question.headers;
    options.cookies = cookies;
    options.body_limit = kBodyLimit;
    auto fetched = co_await steps::fetch(inquiry.way, attempt, std::move(*connected.socket),
                                         std::move(options));
    if (!fetched.cookies.empty()) cookies = std::move(fetched.cookies);
    last.emplace(std::move(fetched.http ? *fetched.http : *fetched.tls));
    break;
  }
  co_return last;
}

asio::awaitable<HelperRequest> fetch(Inquiry& inquiry, Named named) {
  const Clock::time_point deadline = Clock::now() + kFetchTime;
  std::vector<std::string> cookies;
  std::string url = inquiry.question.url;
  for (int hop = 0; hop <= kMostRedirects; ++hop) {
    const auto place = net::parse_place(url);
    if (!place || Clock::now() > deadline) break;
    if (hop > 0) named = co_await look_up(inquiry, place->host);
    if (named.failure) co_return failed(request_word(*named.failure));
    auto step = co_await fetch_hop(inquiry, *place, named.addresses, deadline, cookies);
    if (!step) co_return failed("unknown_error");  // nothing that may be reached
    if (step->failure) co_return failed(request_word(*step->failure));
    auto* seen = std::get_if<HttpSeen>(&step->seen);
    if (seen == nullptr) co_return failed("unknown_error");
    if (seen->location.empty()) co_return answered(std::move(*seen));
    url = seen->location;
  }
  co_return failed("unknown_error");
}

// The asker's endpoints, then the name's own addresses at the ports that the protocol has for its
// scheme; each once, none that may not be reached.
std::vector<Endpoint> endpoints_of(Inquiry& inquiry, const Named& named) {
  const HelperQuestion& question = inquiry.question;
  std::vector<Endpoint> all = question.endpoints;
  std::vector<std::uint16_t> ports{question.port};
  if (!question.secure && question.port == 80) ports.push_back(443);
  for (const std::string& address : named.addresses) {
    for (const std::uint16_t port : ports) {
      if (std::ranges::find(all, Endpoint{address, port}) == all.end())
        all.push_back({address, port});
    }
  }
  std::erase_if(all, [&](const Endpoint& peer) { return !inquiry.guard.allows(peer.address); });
  return all;
}

std::vector<HelperAddress> facts_of(const HelperQuestion& question, const Named& named,
                                    const std::vector<HelperHandshake>& handshakes) {
  std::map<std::string, int> flags;
  for (const Endpoint& peer : question.endpoints) flags[peer.address] |= HelperAddress::kByProbe;
  for (const std::string& address : named.addresses) flags[address] |= HelperAddress::kByHelper;
  for (const HelperHandshake& handshake : handshakes) {
    if (handshake.failure.empty()) flags[handshake.peer.address] |= HelperAddress::kValidForName;
  }
  std::vector<HelperAddress> facts;
  for (const auto& [address, flag] : flags) {
    const int bogon = net::is_public(address) ? 0 : HelperAddress::kBogon;
    facts.push_back({address, 0, flag | bogon});
  }
  return facts;
}

}  // namespace

asio::awaitable<HelperReport> inquire(net::WayOut& way, net::Resolvers& resolvers, Guard& guard,
                                      HelperQuestion question) {
  Inquiry inquiry{way, resolvers, guard, question, Clock::now()};
  HelperReport report;
  const Named named = co_await look_up(inquiry, question.host);
  report.lookup = HelperLookup{lookup_word(named.failure), named.addresses};

  std::vector<asio::awaitable<HelperRequest>> fetches;
  if (question.fetch) fetches.push_back(fetch(inquiry, named));
  std::vector<asio::awaitable<Tried>> attempts;
  for (Endpoint& peer : endpoints_of(inquiry, named)) {
    attempts.push_back(try_endpoint(inquiry, std::move(peer)));
  }
  using namespace asio::experimental::awaitable_operators;
  auto [tries, requests] = co_await (net::together(way.executor, std::move(attempts)) &&
                                     net::together(way.executor, std::move(fetches)));
  for (Tried& tried : tries) {
    report.connects.push_back(std::move(tried.connect));
    if (tried.handshake) report.handshakes.push_back(std::move(*tried.handshake));
  }
  if (!requests.empty()) report.request = std::move(requests.front());
  report.addresses = facts_of(question, named, report.handshakes);
  co_return report;
}

}  // namespace reachd::helper
