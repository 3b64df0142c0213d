// DNS queries as they pass, and forged answers to them. No resolver: one question, no names but
// its.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/censor/address.hpp"
#include "tests/lab/censor/bytes.hpp"

namespace censor {

struct Query {
  std::string name;  // in lower case, without the last dot
  std::uint16_t type = 0;
  Bytes message;  // header and question, what stands behind is left out
  bool recursion_desired = false;
};

// A query with one question or more, of which the first counts.
std::optional<Query> read_query(View message);

// "AAAA" → 28; also plain numbers, "TYPE65". Nothing if unknown.
std::optional<std::uint16_t> record_type(std::string_view name);
inline constexpr std::uint16_t kTypeA = 1;
inline constexpr std::uint16_t kTypeAaaa = 28;

struct AnswerLook {
  std::uint8_t rcode = 0;
  std::uint32_t ttl = 300;
  bool authoritative = false;
  bool recursion_available = true;
};

// The answer with these addresses, each as a record of its own family.
Bytes forge_answer(const Query& query, const std::vector<Address>& addresses,
                   const AnswerLook& look);

}  // namespace censor
