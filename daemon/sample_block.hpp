// The samples of one target as Prometheus reads them: values that rounds set, and the text that is
// made of them in one go. For ten thousand targets a registry of objects costs a hundred times
// this. Knows no metric by name: the families are given to it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

  using Label = std::pair<std::string_view, std::string_view>;  // name and value
  using Labels = std::initializer_list<Label>;

  // `families` outlives the block. `first` and `last` are on every sample, in this order.
  SampleBlock(std::span<const FamilyHead> families, Label first, Label last);

  // A sample of 0. `labels` take their alphabetical places around the block's two. `suffix` goes
  // behind the family's name ("_sum"), `bound` is the label `le` and stands last; both outlive the
  // block.
  Place add(std::size_t family, Labels labels = {}, std::string_view suffix = {},
            std::string_view bound = {});

  double& operator[](Place place) { return samples_[place.family][place.index].value; }
  std::size_t size() const;
  BlockText render() const;

 private:
  struct Sample {
    std::string before;   // labels that stand before the block's first …
    std::string between;  // … and before its last
    std::string_view suffix;
    std::string_view bound;
    double value = 0;
  };
  std::span<const FamilyHead> families_;
  std::string first_name_;
  std::string first_;
  std::string last_;
  std::vector<std::vector<Sample>> samples_;  // by family
};

}  // namespace reachd
