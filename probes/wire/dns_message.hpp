// DNS messages (RFC 1035, 6891, 9460): encodes the one kind of query we send, decodes whatever
// comes back. Pure. Every byte is hostile: nothing is read outside the message, no pointer is
// followed forward, work and memory are bounded by the message's 64 KiB.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "probes/observation.hpp"

namespace reachd::wire {

inline constexpr std::size_t kDnsHeader = 12;
inline constexpr std::size_t kMaxDnsMessage = 65535;
inline constexpr std::size_t kMaxDnsRecords = 64;    // kept per section; further ones are skipped
inline constexpr std::uint16_t kEdnsPayload = 1232;  // the DNS flag day's: no fragments anywhere

struct DnsQuestionSeen {
  std::string name;  // as in dns_name.hpp
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  bool operator==(const DnsQuestionSeen&) const = default;
};

struct Edns {
  std::uint16_t payload = 0;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  bool operator==(const Edns&) const = default;
};

// Records of a class other than IN have the type "CLASS3" and their data in hexadecimal.
struct DnsMessage {
  std::uint16_t id = 0;
  bool response = false;  // QR
  int opcode = 0;
  bool authoritative = false;
  bool truncated = false;  // TC
  bool recursion_desired = false;
  bool recursion_available = false;
  int rcode = 0;  // extended by EDNS: 0 to 4095
  std::vector<DnsQuestionSeen> questions;
  std::vector<DnsRecord> answers;
  std::vector<DnsRecord> authority;
  std::vector<DnsRecord> additional;  // without OPT
  std::optional<Edns> edns;
  bool operator==(const DnsMessage&) const = default;
};

// A query with RD and EDNS0. The error is a sentence: the name cannot be asked for.
boost::system::result<std::vector<std::uint8_t>, std::string> encode_dns_query(
    std::uint16_t id, std::string_view name, std::uint16_t type);

// The error says what is malformed. A message that ends before its records do is malformed unless
// TC says that it was cut. Bytes after the last record are ignored.
boost::system::result<DnsMessage, std::string> decode_dns_message(
    std::span<const std::uint8_t> bytes);

// "A", "AAAA", "HTTPS"…; "TYPE1234" for those without a name here.
std::string dns_type_text(std::uint16_t type);
std::optional<std::uint16_t> dns_type_number(std::string_view text);

// The records of `type` that answer for `name`, at most 16 CNAMEs followed in whatever
// order they stand.
std::vector<DnsRecord> records_for(const std::vector<DnsRecord>& answers, std::string_view name,
                                   std::string_view type);

}  // namespace reachd::wire
