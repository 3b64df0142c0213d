#include "probes/json_values.hpp"
#include "probes/text.hpp"
#include "probes/write_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

// Addresses that resolvers name are facts about the target, not about us: they are not scrubbed.
json::value records_of(const Sheet& sheet, const DnsSeen& seen, const DnsReply& reply) {
  if (reply.answers.empty()) return nullptr;
  json::array answers;
  for (const DnsRecord& record : reply.answers) {
    json::object answer{{"answer_type", sheet.text(record.type)}, {"ttl", record.ttl}};
    if (record.type == "A") {
      answer["ipv4"] = text_value(record.data);
    } else if (record.type == "AAAA") {
      answer["ipv6"] = text_value(record.data);
    } else if (record.type == "CNAME") {
      answer["hostname"] = sheet.text(record.data);
    } else {
      answer["x_data"] = sheet.text(record.data);
    }
    if (record.asn != 0) answer["asn"] = record.asn;
    if (record.name != seen.hostname) answer["x_name"] = sheet.text(record.name);
    answers.push_back(std::move(answer));
  }
  return answers;
}

// The entry of one question with one reply, or with none.
json::object query(const Sheet& sheet, const Observation& step, const DnsSeen& seen,
                   const DnsReply* reply) {
  json::object entry{
      {"answers", reply == nullptr ? json::value(nullptr) : records_of(sheet, seen, *reply)},
      {"engine", sheet.text(seen.engine)},
      {"failure", sheet.failure(step.failure)},
      {"hostname", sheet.text(seen.hostname)},
      {"query_type", sheet.text(seen.query_type)},
      {"resolver_hostname", nullptr},
      {"resolver_port", nullptr},
      {"resolver_address",
       seen.url.empty() ? json::value(endpoint_text(step.peer)) : sheet.text(seen.url)}};
  if (reply != nullptr && reply->rcode >= 0) entry["rcode"] = reply->rcode;
  if (reply != nullptr && !reply->raw.empty()) {
    entry["raw_response"] =
        to_base64({reinterpret_cast<const char*>(reply->raw.data()), reply->raw.size()});
  }
  add_times(sheet, entry, step);
  return entry;
}

}  // namespace

void write_lookup(Sheet& sheet, const Observation& step) {
  const auto* known = std::get_if<DnsSeen>(&step.seen);
  const DnsSeen seen = known == nullptr ? DnsSeen{} : *known;
  const DnsReply* believed = nullptr;
  Lists& lists = sheet.lists[step.purpose];
  json::array replies;
  for (std::size_t i = 0; i < seen.replies.size(); ++i) {
    const DnsReply& reply = seen.replies[i];
    if (static_cast<int>(i) == seen.answer) {
      believed = &reply;
      replies.push_back({{"t", seconds(reply.at)}, {"failure", sheet.failure(reply.failure)}});
      continue;
    }
    replies.push_back(json::object{{"duplicate", lists.duplicates.size()}});
    json::object entry = query(sheet, step, seen, &reply);
    entry["failure"] = sheet.failure(reply.failure);
    entry["t"] = seconds(reply.at);
    lists.duplicates.push_back(std::move(entry));
  }
  json::object extra = step_of(step, "queries", lists.queries.size());
  lists.queries.push_back(query(sheet, step, seen, believed));
  extra["resolver"] = sheet.text(seen.resolver);
  if (!seen.url.empty()) extra["address"] = endpoint_text(step.peer);
  if (!replies.empty()) extra["replies"] = std::move(replies);
  sheet.steps.push_back(std::move(extra));
}

}  // namespace reachd
