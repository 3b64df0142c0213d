// What a rule makes of one thing that it looked at. Findings are combined into the verdict.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/judge/facts.hpp"
#include "probes/judge/verdict.hpp"

namespace reachd {

struct Finding {
  Status status = Status::insufficient;
  std::vector<std::string> kinds;
  Locus locus = Locus::unknown;
  std::vector<int> evidence;  // indices of observations
  // Set by those who apply the rules.
  std::string_view rule;
  int order = 0;  // the rule's place: of findings alike, the first rule's is the verdict's
};

// A rule: a stable id, where it comes from, what it says, and its test. `Subject` is what a rule of
// that layer looks at: a Lookup, a Connection, or the whole.
template <typename Subject>
struct Rule {
  std::string_view id;
  std::string_view source;
  std::string_view says;
  std::optional<Finding> (*matches)(const Facts&, const Subject&);
};

// The first rule of a list that matches decides. `layer` orders the lists.
template <typename Subject>
std::optional<Finding> first_match(std::span<const Rule<Subject>> rules, int layer,
                                   const Facts& facts, const Subject& subject) {
  constexpr int kRoom = 100;  // more than a list has rules
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (auto finding = rules[i].matches(facts, subject)) {
      finding->rule = rules[i].id;
      finding->order = layer * kRoom + static_cast<int>(i);
      return finding;
    }
  }
  return std::nullopt;
}

}  // namespace reachd
