// Any bytes as a DNS message. What decodes must be safe to show, bounded, and mean the same when it
// is written again.
#include "probes/wire/dns_message.hpp"

#include <algorithm>
#include <cstdint>

#include "probes/wire/dns_name.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace reachd::wire;

using reachd::fuzz::require;

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

void check_name(const std::string& name) {
  require(!name.empty() && is_plain(name) && name.find(' ') == std::string::npos);
  const auto query = encode_dns_query(7, name, 1);
  require(query.has_value());
  const auto again = decode_dns_message(*query);
  require(again && again->questions.size() == 1 && again->questions[0].name == name);
}

void check_records(const std::vector<reachd::DnsRecord>& records) {
  require(records.size() <= kMaxDnsRecords);
  for (const reachd::DnsRecord& record : records) {
    check_name(record.name);
    require(is_plain(record.type) && is_plain(record.data));
    require(record.ttl < 0x80000000U);
    if (record.type == "CNAME") check_name(record.data);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = decode_dns_message({data, size});
  if (!message) {
    require(!message.error().empty());
    return 0;
  }
  require(message->rcode >= 0 && message->rcode < 4096);
  require(message->questions.size() <= kMaxDnsRecords);
  for (const auto& question : message->questions) {
    check_name(question.name);
    require(dns_type_number(dns_type_text(question.type)) == question.type);
    for (const auto& record : records_for(message->answers, question.name, "A")) {
      require(record.type == "A");
    }
  }
  check_records(message->answers);
  check_records(message->authority);
  check_records(message->additional);
  return 0;
}
