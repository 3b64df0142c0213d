// What the samples of many targets have alike: the text around two names and a number, made once
// and shared, so that a target of its own keeps its names and numbers only. Knows no metric by
// name: the families are given to it.
#pragma once

#include <cstddef>
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

// A sample but for what differs: head, first name, between, last name, tail, number.
struct SampleLine {
  std::size_t family = 0;
  std::string head;     // `name_suffix{a="x",service_name="`
  std::string between;  // `",b="x",target="`
  std::string tail;     // `",le="1"} `
};

class SampleShape {
 public:
  using Place = std::uint16_t;  // of a number among a block's; in the order of adding

  using Label = std::pair<std::string_view, std::string_view>;  // name and value
  using Labels = std::initializer_list<Label>;

  // `families` outlive all that is made of the shape. The labels `first` and `last` are on every
  // sample, in this order.
  SampleShape(std::span<const FamilyHead> families, std::string_view first, std::string_view last);

  // `labels` take their alphabetical places around those two. `suffix` goes behind the family's
  // name ("_sum"), `bound` is the label `le` and stands last.
  Place add(std::size_t family, Labels labels = {}, std::string_view suffix = {},
            std::string_view bound = {});
  // One that is not of the shape but looks like it.
  SampleLine line(std::size_t family, Labels labels, std::string_view suffix = {},
                  std::string_view bound = {}) const;

  std::size_t size() const { return size_; }
  // Of one family, in the order of adding.
  const std::vector<std::pair<SampleLine, Place>>& lines(std::size_t family) const {
    return lines_[family];
  }
  std::span<const FamilyHead> families() const { return families_; }

 private:
  std::span<const FamilyHead> families_;
  std::string first_;
  std::string last_;
  std::vector<std::vector<std::pair<SampleLine, Place>>> lines_;  // by family
  Place size_ = 0;
};

// The value of a label as it stands between its quotes.
std::string escaped(std::string_view value);

}  // namespace reachd
