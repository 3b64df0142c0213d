// The samples of one target: the shape it shares, its two names and its numbers. For ten thousand
// targets a registry of objects costs a hundred times this. It is never rendered itself: samples
// taken of it are (`samples.hpp`), where nobody waits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sample_shape.hpp"

namespace reachd {

class SampleBlock {
 public:
  using Place = SampleShape::Place;

  // A sample that only this target has, for what occurs too seldom for the shape.
  struct Late {
    std::shared_ptr<const SampleLine> line;  // shared by all that have it
    double value = 0;
  };

  // All samples 0. The values of the labels that the shape calls first and last.
  SampleBlock(std::shared_ptr<const SampleShape> shape, std::string_view first,
              std::string_view last);

  double& operator[](Place place) { return values_[place]; }
  // The sample of that very line, 0 if it is new; it stands behind all others of its family.
  double& late(const std::shared_ptr<const SampleLine>& line);
  void clear_late(std::size_t family);  // they stay, at 0

  std::size_t size() const { return values_.size() + late_.size(); }

 private:
  friend class Samples;
  std::shared_ptr<const SampleShape> shape_;
  std::string names_;  // both, escaped, a line each: "first\nlast"
  std::uint32_t first_size_ = 0;
  std::vector<double> values_;  // by place
  std::vector<Late> late_;      // few
};

}  // namespace reachd
