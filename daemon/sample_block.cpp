#include "daemon/sample_block.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace reachd {
namespace {

// The shortest text that reads back as the same number.
void append(std::string& text, double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

}  // namespace

std::string label(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  text += '"';
  return text;
}

SampleBlock::SampleBlock(std::span<const FamilyHead> families, std::string labels)
    : families_(families), labels_(std::move(labels)), samples_(families.size()) {}

SampleBlock::Place SampleBlock::add(std::size_t family, std::string labels,
                                    std::string_view suffix) {
  auto& samples = samples_[family];
  samples.push_back({std::move(labels), suffix, 0});
  return {static_cast<std::uint16_t>(family), static_cast<std::uint16_t>(samples.size() - 1)};
}

std::size_t SampleBlock::size() const {
  std::size_t size = 0;
  for (const auto& samples : samples_) size += samples.size();
  return size;
}

BlockText SampleBlock::render() const {
  thread_local std::string scratch;  // grows once; what is kept is as long as it must be
  scratch.clear();
  BlockText text;
  text.ends.reserve(families_.size());
  for (std::size_t family = 0; family < families_.size(); ++family) {
    for (const Sample& sample : samples_[family]) {
      scratch += families_[family].name;
      scratch += sample.suffix;
      scratch += '{';
      scratch += labels_;
      if (!sample.labels.empty()) scratch += ',';
      scratch += sample.labels;
      scratch += "} ";
      append(scratch, sample.value);
      scratch += '\n';
    }
    text.ends.push_back(static_cast<std::uint32_t>(scratch.size()));
  }
  text.lines = scratch;
  return text;
}

}  // namespace reachd
