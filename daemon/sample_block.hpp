// The samples of one target as Prometheus reads them: values that rounds set, and the text that is
// made of them in one go. For ten thousand targets a registry of objects costs a hundred times
// this. Knows no metric by name: the families are given to it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reachd {

struct FamilyHead {
  std::string_view name;
  std::string_view type;  // "gauge", "counter", "histogram"
  std::string_view help;
};

// Lines by family, in the order of the families: those of family i end at ends[i].
struct BlockText {
  std::string lines;
  std::vector<std::uint32_t> ends;
};

class SampleBlock {
 public:
  // Where a sample stands; holds as long as the block.
  struct Place {
    std::uint16_t family = 0;
    std::uint16_t index = 0;
  };

  // `families` outlives the block. `labels` are on every sample, as label() writes them.
  SampleBlock(std::span<const FamilyHead> families, std::string labels);

  // A sample of 0. `suffix` goes behind the family's name ("_sum") and outlives the block; `labels`
  // are beside those of the block, or empty.
  Place add(std::size_t family, std::string labels = {}, std::string_view suffix = {});

  double& operator[](Place place) { return samples_[place.family][place.index].value; }
  std::size_t size() const;
  BlockText render() const;

 private:
  struct Sample {
    std::string labels;
    std::string_view suffix;
    double value = 0;
  };
  std::span<const FamilyHead> families_;
  std::string labels_;
  std::vector<std::vector<Sample>> samples_;  // by family
};

// `name="value"`, escaped.
std::string label(std::string_view name, std::string_view value);

}  // namespace reachd
