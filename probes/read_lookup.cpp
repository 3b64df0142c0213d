#include <algorithm>
#include <array>
#include <utility>

#include "probes/json_values.hpp"
#include "probes/read_observation.hpp"
#include "probes/text.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::array<std::pair<Word, int>, 4> kRcodes{{{Word::dns_no_answer, 0},
                                                       {Word::dns_servfail_error, 2},
                                                       {Word::dns_nxdomain_error, 3},
                                                       {Word::dns_refused_error, 5}}};

// OONI's older lines keep no rcode; most failures name it.
int rcode_of(const std::optional<Failure>& failure) {
  if (!failure) return 0;
  const auto known = std::ranges::find(kRcodes, failure->word, &std::pair<Word, int>::first);
  return known == kRcodes.end() ? -1 : known->second;
}

DnsRecord record_of(const json::object& answer, const std::string& hostname) {
  DnsRecord record;
  record.type = text_of(answer, "answer_type");
  record.ttl = integer_of<std::uint32_t>(answer, "ttl");
  record.asn = integer_of<std::uint32_t>(answer, "asn");
  record.name = answer.contains("x_name") ? text_of(answer, "x_name") : hostname;
  const std::string_view key = record.type == "A"       ? "ipv4"
                               : record.type == "AAAA"  ? "ipv6"
                               : record.type == "CNAME" ? "hostname"
                                                        : "x_data";
  record.data = text_of(answer, key);
  return record;
}

}  // namespace

Observation read_query(const json::object& entry, Origin origin, Budget& budget) {
  Observation step = read_times(entry, Stage::dns);
  DnsSeen seen;
  seen.engine = text_of(entry, "engine");
  seen.hostname = text_of(entry, "hostname");
  seen.query_type = text_of(entry, "query_type");
  const std::string resolver = text_of(entry, "resolver_address");
  if (resolver.find("://") != std::string::npos) {
    seen.url = resolver;
  } else {
    step.peer = endpoint_of(resolver);
  }
  const bool systems = seen.engine == "getaddrinfo" || seen.engine == "system";
  seen.resolver = systems ? "system" : resolver;

  DnsReply reply;
  reply.at = time_of(entry, "t");
  reply.failure = step.failure;
  for (const json::value& value : array_of(entry, "answers")) {
    if (!budget.take()) break;
    reply.answers.push_back(record_of(object_of(value), seen.hostname));
  }
  const int inferred = origin == Origin::ooni ? rcode_of(step.failure) : -1;
  reply.rcode = std::clamp(integer_of<int>(entry, "rcode", inferred), -1, 65535);
  const std::string raw = from_base64(text_of(entry, "raw_response")).value_or("");
  reply.raw.assign(raw.begin(), raw.end());
  if (origin == Origin::reachd || reply.rcode >= 0 || !reply.raw.empty() ||
      !reply.answers.empty()) {
    seen.replies.push_back(std::move(reply));
    seen.answer = 0;
  }
  step.seen = std::move(seen);
  return step;
}

std::optional<DnsReply> take_reply(Observation& query) {
  auto& seen = std::get<DnsSeen>(query.seen);
  if (seen.replies.empty()) return std::nullopt;
  DnsReply reply = std::move(seen.replies.front());
  seen.replies.clear();
  seen.answer = -1;
  return reply;
}

void add_lookup_facts(Observation& query, const json::object& step,
                      std::vector<std::optional<Observation>>& duplicates, Budget& budget) {
  std::optional<DnsReply> believed = take_reply(query);
  auto& seen = std::get<DnsSeen>(query.seen);
  seen.resolver = text_of(step, "resolver");
  if (step.contains("address")) query.peer = endpoint_of(text_of(step, "address"));
  for (const json::value& value : array_of(step, "replies")) {
    if (!budget.take()) break;
    const json::object& reply = object_of(value);
    if (!reply.contains("duplicate")) {
      if (!believed) continue;
      believed->at = time_of(reply, "t");
      believed->failure = failure_of(reply, "failure");
      seen.answer = static_cast<int>(seen.replies.size());
      seen.replies.push_back(*std::exchange(believed, std::nullopt));
      continue;
    }
    const auto index = integer_of<std::size_t>(reply, "duplicate");
    if (index >= duplicates.size() || !duplicates[index]) continue;
    auto further = take_reply(*duplicates[index]);
    duplicates[index].reset();
    if (further) seen.replies.push_back(std::move(*further));
  }
}

}  // namespace reachd
