#include "daemon/sample_block.hpp"

#include <algorithm>
#include <utility>

namespace reachd {

SampleBlock::SampleBlock(std::shared_ptr<const SampleShape> shape, std::string_view first,
                         std::string_view last)
    : shape_(std::move(shape)), values_(shape_->size()) {
  const std::string text = escaped(first);
  first_size_ = static_cast<std::uint32_t>(text.size());
  names_ = text + '\n' + escaped(last);
}

double& SampleBlock::late(const std::shared_ptr<const SampleLine>& line) {
  const auto known = std::ranges::find(late_, line, &Late::line);
  if (known != late_.end()) return known->value;
  return late_.emplace_back(Late{line, 0}).value;
}

void SampleBlock::clear_late(std::size_t family) {
  for (Late& sample : late_) {
    if (sample.line->family == family) sample.value = 0;
  }
}

}  // namespace reachd
