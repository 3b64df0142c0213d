#include "probes/judge/gram_index.hpp"

#include <algorithm>
#include <cstring>

namespace reachd {
namespace {

constexpr std::size_t kGram = 4;
constexpr unsigned kHashBits = 16;

std::uint32_t gram_at(std::string_view text, std::size_t offset) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, text.data() + offset, kGram);
  return gram;
}

std::size_t hash(std::uint32_t gram) {
  return (gram * 2654435761U) >> (32U - kHashBits);  // Knuth's multiplicative hash
}

}  // namespace

GramIndex::GramIndex(std::vector<std::string> patterns)
    : patterns_(std::move(patterns)), seen_(std::size_t{1} << kHashBits) {
  std::unordered_map<std::uint32_t, std::size_t> shared;
  for (const std::string& pattern : patterns_) {
    for (std::size_t at = 0; at + kGram <= pattern.size(); ++at) ++shared[gram_at(pattern, at)];
  }
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    const std::string& pattern = patterns_[i];
    if (pattern.size() < kGram) {
      short_.push_back(i);
      continue;
    }
    std::size_t best = 0;
    for (std::size_t at = 1; at + kGram <= pattern.size(); ++at) {
      if (shared[gram_at(pattern, at)] < shared[gram_at(pattern, best)]) best = at;
    }
    const std::uint32_t gram = gram_at(pattern, best);
    places_[gram].push_back({i, best});
    seen_[hash(gram)] = true;
  }
}

std::vector<std::size_t> GramIndex::find(std::string_view text) const {
  std::vector<std::size_t> found;
  for (const std::size_t i : short_) {
    if (text.find(patterns_[i]) != std::string_view::npos) found.push_back(i);
  }
  for (std::size_t at = 0; at + kGram <= text.size(); ++at) {
    const std::uint32_t gram = gram_at(text, at);
    if (!seen_[hash(gram)]) continue;
    const auto filed = places_.find(gram);
    if (filed == places_.end()) continue;
    for (const Place& place : filed->second) {
      if (place.offset > at) continue;
      const std::string& pattern = patterns_[place.pattern];
      if (text.substr(at - place.offset, pattern.size()) == pattern) found.push_back(place.pattern);
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace reachd
