#include "daemon/exposition.hpp"

#include <utility>

#include <prometheus/text_serializer.h>

namespace reachd {

Exposition render(const prometheus::Registry& registry) {
  const prometheus::TextSerializer serializer;
  Exposition exposition;
  for (auto& family : registry.Collect()) {
    const std::string name = family.name;
    const std::string text = serializer.Serialize({std::move(family)});
    // Two lines of header, "# HELP …" and "# TYPE …", then the samples.
    const std::size_t end = text.find('\n', text.find('\n') + 1) + 1;
    exposition[name] = {text.substr(0, end), text.substr(end)};
  }
  return exposition;
}

ExpositionReader::ExpositionReader(Exposition first, std::span<const FamilyHead> families,
                                   std::shared_ptr<const Samples> samples)
    : first_(std::move(first)), families_(families), samples_(std::move(samples)) {}

bool ExpositionReader::read(std::string& piece) {
  constexpr std::size_t kEnough = std::size_t{64} * 1024;
  const std::size_t begin = piece.size();
  for (const auto& [name, family] : std::exchange(first_, {})) {
    piece.append(family.header).append(family.samples);
  }
  while (family_ < families_.size() && piece.size() - begin < kEnough) {
    if (target_ == samples_->targets()) {
      ++family_;
      target_ = 0;
      is_headed_ = false;
    } else {
      read_target(piece);
    }
  }
  return family_ < families_.size();
}

// The next target's lines of the family, below its head if they are the first.
void ExpositionReader::read_target(std::string& piece) {
  const FamilyHead& head = families_[family_];
  const std::size_t before = piece.size();
  if (!is_headed_) {
    piece.append("# HELP ").append(head.name).append(" ").append(head.help);
    piece.append("\n# TYPE ").append(head.name).append(" ").append(head.type).append("\n");
  }
  const std::size_t begin = piece.size();
  samples_->render(target_++, family_, piece);
  if (piece.size() == begin) {
    piece.resize(before);  // it has none of it
  } else {
    is_headed_ = true;
  }
}

}  // namespace reachd
