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

// `name="value"`, escaped.
std::string text_of(const SampleBlock::Label& label) {
  std::string text(label.first);
  text += "=\"";
  for (const char c : label.second) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  text += '"';
  return text;
}

}  // namespace

SampleBlock::SampleBlock(std::span<const FamilyHead> families, Label first, Label last)
    : families_(families),
      first_name_(first.first),
      first_(text_of(first)),
      last_("," + text_of(last)),
      samples_(families.size()) {}

SampleBlock::Place SampleBlock::add(std::size_t family, Labels labels, std::string_view suffix,
                                    std::string_view bound) {
  Sample sample{{}, {}, suffix, bound, 0};
  for (const Label& label : labels) {
    if (label.first < first_name_) {
      sample.before += text_of(label) + ",";
    } else {
      sample.between += "," + text_of(label);
    }
  }
  auto& samples = samples_[family];
  samples.push_back(std::move(sample));
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
      scratch += sample.before;
      scratch += first_;
      scratch += sample.between;
      scratch += last_;
      if (!sample.bound.empty()) scratch.append(",le=\"").append(sample.bound).append("\"");
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
