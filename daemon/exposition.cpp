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
    read_family(family_++, piece);
  }
  return family_ < families_.size();
}

void ExpositionReader::read_family(std::size_t family, std::string& piece) const {
  const FamilyHead& head = families_[family];
  const std::size_t before = piece.size();
  piece.append("# HELP ").append(head.name).append(" ").append(head.help);
  piece.append("\n# TYPE ").append(head.name).append(" ").append(head.type).append("\n");
  const std::size_t begin = piece.size();
  samples_->render_family(family, piece);
  if (piece.size() == begin) piece.resize(before);  // nobody has any of it
}

}  // namespace reachd
