#include "daemon/samples.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace reachd {
namespace {

// The shortest text that reads back as the same number. Most numbers are small and whole, for which
// digits alone are the shortest.
void append(std::string& text, double value) {
  std::array<char, 32> digits;
  char* const begin = digits.data();
  char* const end = begin + digits.size();
  const auto whole = value >= 0 && value < 100'000 ? static_cast<std::uint32_t>(value) : 0;
  const bool is_whole = static_cast<double>(whole) == value && !std::signbit(value);
  text.append(begin, is_whole ? std::to_chars(begin, end, whole).ptr
                              : std::to_chars(begin, end, value).ptr);
}

void append(std::string& text, const SampleLine& line, std::string_view first,
            std::string_view last, double value) {
  text.append(line.head).append(first).append(line.between).append(last).append(line.tail);
  append(text, value);
  text += '\n';
}

}  // namespace

void Samples::expect(const SampleBlock& block) {
  ++targets_;
  names_size_ += block.names_.size();
  values_size_ += block.values_.size();
}

void Samples::add(const SampleBlock& block) {
  if (parts_.empty()) {
    parts_.reserve(targets_);
    names_.reserve(names_size_);
    values_.reserve(values_size_);
  }
  if (std::ranges::find(shapes_, block.shape_) == shapes_.end()) shapes_.push_back(block.shape_);
  parts_.push_back({block.shape_.get(), static_cast<std::uint32_t>(names_.size()),
                    block.first_size_, static_cast<std::uint32_t>(values_.size()),
                    static_cast<std::uint32_t>(late_.size())});
  names_ += block.names_;
  values_.insert(values_.end(), block.values_.begin(), block.values_.end());
  late_.insert(late_.end(), block.late_.begin(), block.late_.end());
}

std::string_view Samples::name(std::size_t target) const {
  const bool is_last = target + 1 == parts_.size();
  const std::size_t end = is_last ? names_.size() : parts_[target + 1].names;
  return std::string_view(names_).substr(parts_[target].names, end - parts_[target].names);
}

void Samples::render(std::size_t target, std::size_t family, std::string& text) const {
  const Part& part = parts_[target];
  const bool is_last = target + 1 == parts_.size();
  const std::size_t late_end = is_last ? late_.size() : parts_[target + 1].late;
  const std::string_view both = name(target);
  const std::string_view first = both.substr(0, part.first_size);
  const std::string_view last = both.substr(part.first_size + 1);
  for (const auto& [line, place] : part.shape->lines(family)) {
    append(text, line, first, last, values_[part.values + place]);
  }
  for (std::size_t i = part.late; i < late_end; ++i) {
    if (late_[i].line->family == family) append(text, *late_[i].line, first, last, late_[i].value);
  }
}

void Samples::render_target(std::size_t target, std::string& text) const {
  const std::size_t families = parts_[target].shape->families().size();
  for (std::size_t family = 0; family < families; ++family) render(target, family, text);
}

}  // namespace reachd
