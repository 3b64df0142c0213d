#include "probes/wire/dns_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "probes/wire/dns_data.hpp"
#include "probes/wire/dns_name.hpp"

namespace reachd::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t kClassIn = 1;
constexpr int kMaxAliases = 16;

constexpr std::array<std::pair<std::uint16_t, std::string_view>, 11> kTypes{{
    {dns_type::A, "A"},
    {dns_type::NS, "NS"},
    {dns_type::CNAME, "CNAME"},
    {dns_type::SOA, "SOA"},
    {dns_type::PTR, "PTR"},
    {dns_type::MX, "MX"},
    {dns_type::TXT, "TXT"},
    {dns_type::AAAA, "AAAA"},
    {dns_type::OPT, "OPT"},
    {dns_type::SVCB, "SVCB"},
    {dns_type::HTTPS, "HTTPS"},
}};

std::uint16_t u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void put16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value & 0xff));
}

DnsMessage read_header(Bytes bytes) {
  DnsMessage message;
  message.id = u16(bytes, 0);
  const std::uint16_t flags = u16(bytes, 2);
  message.response = flags & 0x8000;
  message.opcode = flags >> 11 & 15;
  message.authoritative = flags & 0x0400;
  message.truncated = flags & 0x0200;
  message.recursion_desired = flags & 0x0100;
  message.recursion_available = flags & 0x0080;
  message.rcode = flags & 15;
  return message;
}

// Walks the body of a message; each reader returns why it could not go on, nullptr if it could.
class Body {
 public:
  Body(Bytes bytes, DnsMessage& message) : bytes_(bytes), message_(message) {}

  const char* read_questions(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto name = read_dns_name(bytes_, at_);
      if (!name) return "a bad name in the question";
      if (bytes_.size() - at_ < 4) return "the question is cut";
      if (i < kMaxDnsRecords) {
        message_.questions.push_back({std::move(*name), u16(bytes_, at_), u16(bytes_, at_ + 2)});
      }
      at_ += 4;
    }
    return nullptr;
  }

  const char* read_records(std::size_t count, std::vector<DnsRecord>& records, bool additional) {
    for (std::size_t i = 0; i < count; ++i) {
      auto name = read_dns_name(bytes_, at_);
      if (!name) return "a bad name of a record";
      if (bytes_.size() - at_ < 10) return "a record is cut";
      const std::uint16_t type = u16(bytes_, at_);
      const std::uint16_t klass = u16(bytes_, at_ + 2);
      const std::uint32_t ttl = std::uint32_t{u16(bytes_, at_ + 4)} << 16 | u16(bytes_, at_ + 6);
      const std::size_t size = u16(bytes_, at_ + 8);
      at_ += 10;
      if (size > bytes_.size() - at_) return "the data of a record is cut";
      const std::size_t data = at_;
      at_ += size;
      if (type == dns_type::OPT) {
        if (!additional || message_.edns || *name != ".") return "EDNS out of place";
        message_.edns = Edns{klass, static_cast<std::uint8_t>(ttl >> 16), (ttl & 0x8000) != 0};
        message_.rcode |= static_cast<int>(ttl >> 24) << 4;
      } else if (records.size() < kMaxDnsRecords) {
        // A TTL with its top bit set counts as zero (RFC 2181, 8).
        DnsRecord record{std::move(*name), {}, ttl >> 31 ? 0 : ttl, {}};
        if (!fill(record, type, klass, data, size)) return "bad data in a record";
        records.push_back(std::move(record));
      }
    }
    return nullptr;
  }

 private:
  bool fill(DnsRecord& record, std::uint16_t type, std::uint16_t klass, std::size_t data,
            std::size_t size) const {
    if (klass != kClassIn) {
      record.type = "CLASS" + std::to_string(klass);
      record.data = opaque_dns_data(bytes_.subspan(data, size));
      return true;
    }
    auto text = read_dns_data(bytes_, data, size, type);
    if (!text) return false;
    record.type = dns_type_text(type);
    record.data = std::move(*text);
    return true;
  }

  Bytes bytes_;
  DnsMessage& message_;
  std::size_t at_ = kDnsHeader;
};

}  // namespace

boost::system::result<std::vector<std::uint8_t>, std::string> encode_dns_query(
    std::uint16_t id, std::string_view name, std::uint16_t type) {
  constexpr std::size_t kAround = kDnsHeader + 4 + 11;  // the question's type and class, OPT
  std::vector<std::uint8_t> out;
  out.reserve(kAround + name.size() + 2);
  put16(out, id);
  put16(out, 0x0100);  // RD
  constexpr std::array<std::uint16_t, 4> kCounts{1, 0, 0, 1};
  for (std::uint16_t count : kCounts) put16(out, count);
  if (!write_dns_name(name, out)) return std::string("not a name that DNS can be asked for");
  put16(out, type);
  put16(out, kClassIn);
  out.push_back(0);  // OPT belongs to the root
  for (std::uint16_t field :
       {dns_type::OPT, kEdnsPayload, std::uint16_t{0}, std::uint16_t{0}, std::uint16_t{0}}) {
    put16(out, field);
  }
  return out;
}

boost::system::result<DnsMessage, std::string> decode_dns_message(Bytes bytes) {
  if (bytes.size() > kMaxDnsMessage) return std::string("longer than 65535 bytes");
  if (bytes.size() < kDnsHeader) return std::string("the header is cut");
  DnsMessage message = read_header(bytes);
  Body body(bytes, message);
  if (const char* why = body.read_questions(u16(bytes, 4))) return std::string(why);
  const char* why = body.read_records(u16(bytes, 6), message.answers, false);
  if (why == nullptr) why = body.read_records(u16(bytes, 8), message.authority, false);
  if (why == nullptr) why = body.read_records(u16(bytes, 10), message.additional, true);
  if (why != nullptr && !message.truncated) return std::string(why);
  return message;
}

std::string dns_type_text(std::uint16_t type) {
  for (const auto& [number, text] : kTypes) {
    if (number == type) return std::string(text);
  }
  return "TYPE" + std::to_string(type);
}

std::optional<std::uint16_t> dns_type_number(std::string_view text) {
  for (const auto& [number, name] : kTypes) {
    if (name == text) return number;
  }
  if (!text.starts_with("TYPE")) return std::nullopt;
  std::uint16_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + 4, end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::vector<DnsRecord> records_for(const std::vector<DnsRecord>& answers, std::string_view name,
                                   std::string_view type) {
  std::vector<DnsRecord> found;
  for (int hops = 0; hops <= kMaxAliases; ++hops) {
    const DnsRecord* alias = nullptr;
    for (const DnsRecord& record : answers) {
      if (!same_dns_name(record.name, name)) continue;
      if (record.type == type) found.push_back(record);
      if (record.type == "CNAME") alias = &record;
    }
    if (!found.empty() || alias == nullptr) break;
    name = alias->data;
  }
  return found;
}

}  // namespace reachd::wire
