#include "tests/lab/censor/dns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "tests/lab/censor/names.hpp"

namespace censor {
namespace {

constexpr std::size_t kHeaderSize = 12;

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 13> kTypes{{{"A", 1},
                                                                             {"NS", 2},
                                                                             {"CNAME", 5},
                                                                             {"SOA", 6},
                                                                             {"PTR", 12},
                                                                             {"MX", 15},
                                                                             {"TXT", 16},
                                                                             {"AAAA", 28},
                                                                             {"SRV", 33},
                                                                             {"DS", 43},
                                                                             {"SVCB", 64},
                                                                             {"HTTPS", 65},
                                                                             {"ANY", 255}}};

// Plain labels only: a question has nothing to point back to.
std::optional<std::string> read_name(Reader& in) {
  std::string name;
  for (std::uint8_t size = 0; (size = in.u8()) != 0;) {
    const View label = in.take(size);
    if (size > 63 || !in.ok() || name.size() > 255) {
      return std::nullopt;
    }
    name += (name.empty() ? "" : ".") + lower_case(as_text(label));
  }
  return in.ok() ? std::optional(name) : std::nullopt;
}

}  // namespace

std::optional<Query> read_query(View message) {
  Reader in(message);
  in.u16();
  const std::uint16_t flags = in.u16();
  const std::uint16_t questions = in.u16();
  in.take(6);
  if (!in.ok() || (flags & 0xf800) != 0 || questions == 0) {
    return std::nullopt;
  }
  const auto name = read_name(in);
  if (!name) {
    return std::nullopt;
  }
  Query query{*name, in.u16(), {}, (flags & 0x0100) != 0};
  in.u16();
  if (!in.ok()) {
    return std::nullopt;
  }
  const View asked = message.first(in.at());
  query.message.assign(asked.begin(), asked.end());
  return query;
}

std::optional<std::uint16_t> record_type(std::string_view name) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const auto& type) { return type.first == name; });
  if (found != kTypes.end()) {
    return found->second;
  }
  const std::string_view digits = name.substr(name.starts_with("TYPE") ? 4 : 0);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(number)
                                                                      : std::nullopt;
}

Bytes forge_answer(const Query& query, const std::vector<Address>& addresses,
                   const AnswerLook& look) {
  Bytes answer;
  put(answer, View(query.message).first(2));
  put16(answer, 0x8000U | (look.authoritative ? 0x0400U : 0U) |
                    (query.recursion_desired ? 0x0100U : 0U) |
                    (look.recursion_available ? 0x0080U : 0U) | look.rcode);
  put16(answer, 1);
  put16(answer, static_cast<std::uint32_t>(addresses.size()));
  put32(answer, 0);
  put(answer, View(query.message).subspan(kHeaderSize));
  for (const Address& address : addresses) {
    put16(answer, 0xc000U | kHeaderSize);  // the name of the question
    put16(answer, address.family == 4 ? kTypeA : kTypeAaaa);
    put16(answer, 1);
    put32(answer, look.ttl);
    put16(answer, static_cast<std::uint32_t>(address.size()));
    put(answer, address.view());
  }
  return answer;
}

}  // namespace censor
