// Many patterns searched in one pass over a text: each is filed under the four of its bytes that
// fewest others share. Shorter patterns are searched one by one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace reachd {

class GramIndex {
 public:
  explicit GramIndex(std::vector<std::string> patterns);

  // Indices of the patterns that occur in the text, ascending, each once.
  std::vector<std::size_t> find(std::string_view text) const;

 private:
  struct Place {
    std::size_t pattern;
    std::size_t offset;  // of the four bytes in it
  };
  std::vector<std::string> patterns_;
  std::vector<std::size_t> short_;
  std::unordered_map<std::uint32_t, std::vector<Place>> places_;
  std::vector<bool> seen_;  // by hash of four bytes: whether any pattern is filed under such
};

}  // namespace reachd
